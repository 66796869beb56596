document.title = "logtree";
