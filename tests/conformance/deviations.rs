//! Intended differences from CPython: the reason, and the answer expected here.

use serde_json::Value;

/// A scenario whose answer differs from CPython's.
pub(crate) struct Deviation {
    id: &'static str,
    #[expect(dead_code, reason = "for the reader")]
    why: &'static str,
    observations: &'static str,
    buffers: &'static str,
}

impl Deviation {
    pub(crate) fn observations(&self) -> Value {
        serde_json::from_str(self.observations).expect("observations are JSON")
    }

    pub(crate) fn buffers(&self) -> Value {
        serde_json::from_str(self.buffers).expect("buffers are JSON")
    }
}

pub(crate) fn find(id: &str) -> Option<&'static Deviation> {
    DEVIATIONS.iter().find(|deviation| deviation.id == id)
}

const DEVIATIONS: &[Deviation] = &[
    Deviation {
        id: "levels/09",
        why: "18: level names are read in any case",
        observations: r#"[{"i":2,"r":10},{"i":4,"r":40}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "levels/10",
        why: "18: a level is read from digits as well",
        observations: r#"[{"i":1,"r":10}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "level_names/03",
        why: "TRACE is built in",
        observations: r#"[{"i":0,"r":0},{"i":1,"r":10},{"i":2,"r":20},{"i":3,"r":30},{"i":4,"r":30},{"i":5,"r":40},{"i":6,"r":50},{"i":7,"r":50},{"i":8,"r":5},{"i":9,"r":null}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "level_names/04",
        why: "TRACE, OFF and its alias DISABLED are built in",
        observations: r#"[{"i":0,"r":{"CRITICAL":50,"DEBUG":10,"DISABLED":65535,"ERROR":40,"FATAL":50,"INFO":20,"NOTSET":0,"OFF":65535,"TRACE":5,"WARN":30,"WARNING":30}}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "filters/16",
        why: "46: each handler has its own view of the record",
        observations: r#"[{"h":"one","i":8,"line":"a|WARNING|x"},{"h":"two","i":8,"line":"a|WARNING|! x"},{"h":"three","i":8,"line":"a|WARNING|x"}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "filters/23",
        why: "46: each handler has its own view of the record",
        observations: r#"[{"h":"one","i":6,"line":"x"},{"h":"two","herr":"missing_field","i":6}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "handlers/16",
        why: "49: key-values have names of their own",
        observations: r#"[{"h":"h","i":2,"line":"a|WARNING|x"},{"h":"h","i":3,"line":"a|WARNING|x"},{"h":"h","i":4,"line":"a|WARNING|x"},{"h":"h","i":5,"line":"a|WARNING|x"},{"h":"h","i":6,"line":"a|WARNING|x"},{"h":"h","i":7,"line":"a|WARNING|x"},{"h":"h","i":8,"line":"a|WARNING|fine"}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "fmt_percent/130",
        why: "61: the whole template is checked at the making",
        observations: r#"[{"err":"invalid_format","i":0}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "fmt_percent/131",
        why: "61: the whole template is checked at the making",
        observations: r#"[{"err":"invalid_format","i":0}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "fmt_percent/134",
        why: "61: the whole template is checked at the making",
        observations: r#"[{"err":"invalid_format","i":0}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "fmt_percent/139",
        why: "61: the whole template is checked at the making",
        observations: r#"[{"err":"invalid_format","i":0}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "fmt_validate/01",
        why: "61: the whole template is checked at the making",
        observations: r#"[{"err":"invalid_format","i":0}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "fmt_validate/02",
        why: "61: the whole template is checked at the making",
        observations: r#"[{"err":"invalid_format","i":0}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "fmt_validate/04",
        why: "61: the whole template is checked at the making",
        observations: r#"[{"err":"invalid_format","i":0}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "fmt_validate/21",
        why: "61: the whole template is checked at the making",
        observations: r#"[{"err":"invalid_format","i":0}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "fmt_validate/22",
        why: "61: the whole template is checked at the making",
        observations: r#"[{"err":"invalid_format","i":0}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "fmt_validate/25",
        why: "61: the whole template is checked at the making",
        observations: r#"[{"err":"invalid_format","i":0}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "fmt_validate/27",
        why: "61: the whole template is checked at the making",
        observations: r#"[{"err":"invalid_format","i":0}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "memory/07",
        why: "75: without a target the buffer is bounded, and drops are counted and reported",
        observations: r#"[{"h":"m","herr":"queue_full","i":4},{"h":"m","herr":"queue_full","i":5},{"h":"m","herr":"queue_full","i":6},{"i":7,"r":2},{"h":"t","i":10,"line":"a|WARNING|0"},{"h":"t","i":10,"line":"a|WARNING|1"},{"i":11,"r":0}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "memory/08",
        why: "75: without a target the buffer is bounded, and drops are counted and reported",
        observations: r#"[{"h":"m","herr":"queue_full","i":4},{"h":"t","i":7,"line":"a|WARNING|0"},{"h":"t","i":7,"line":"a|WARNING|1"},{"h":"t","i":7,"line":"a|WARNING|last"}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "memory/18",
        why: "46: what a handler keeps is a copy, which later changes do not reach",
        observations: r#"[{"h":"r","i":7,"line":"a|WARNING|p-x"},{"h":"t","i":8,"line":"a|WARNING|x"}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "quirks/01",
        why: "5: children are found by whole segments",
        observations: r#"[{"i":0,"r":"r.x"},{"i":1,"r":"r"},{"i":2,"r":"r"}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "quirks/04",
        why: "73: a name stays with the last handler that took it",
        observations: r#"[{"i":3,"r":"g"},{"i":4,"r":["n","o"]}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "files_plain/06",
        why: "72: what is logged to a closed file is counted and reported",
        observations: r#"[{"i":4,"h":"f","herr":"closed"},{"i":5,"r":{"a.log":"1\n"}}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "quirks/02",
        why: "78: the length is counted in bytes",
        observations: r#"[{"i":4,"r":{"a.log":"éé\n","a.log.1":"ééé\n"}}]"#,
        buffers: r#"{}"#,
    },
    Deviation {
        id: "queue/17",
        why: "76: drops are told in the stream as well",
        observations: r#"[{"h":"qh","herr":"queue_full","i":7},{"h":"qh","herr":"queue_full","i":8},{"i":9,"r":2},{"h":"t","i":11,"line":"a|WARNING|0"},{"h":"t","i":11,"line":"a|WARNING|1"},{"h":"t","i":11,"line":"logtree|WARNING|2 records dropped as the queue was full (2 WARNING)"}]"#,
        buffers: r#"{}"#,
    },
];
