// Loggers as the rows of a tree.

// Returns the nodes of all loggers in the order of a tree, the root first. Names between existing
// ones, `a` of `a.b`, are nodes as well, since their levels can be set.
export function buildTree(loggers) {
	const nodes = new Map();
	const root = node("root", null, 0);
	nodes.set("root", root);
	for (const { name, configured } of loggers.values()) {
		Object.assign(ensure(nodes, root, name), { exists: true, isConfigured: Boolean(configured) });
	}
	const ordered = [];
	const visit = (one) => {
		ordered.push(one);
		one.children.sort((a, b) => (a.label < b.label ? -1 : 1));
		for (const child of one.children) {
			visit(child);
			one.below += child.below + Number(child.exists);
			one.setBelow += child.setBelow + Number(child.isConfigured);
		}
	};
	visit(root);
	return ordered;
}

export function node(name, parent, depth) {
	const label = name.slice(name.lastIndexOf(".") + 1);
	const below = { children: [], below: 0, setBelow: 0 };
	return { name, label, parent, depth, exists: false, isConfigured: false, ...below };
}

function ensure(nodes, root, name) {
	if (nodes.has(name)) return nodes.get(name);
	const dot = name.lastIndexOf(".");
	const parent = dot < 0 ? root : ensure(nodes, root, name.slice(0, dot));
	// Those directly below the root are not indented: all loggers are below it.
	const own = node(name, parent, dot < 0 ? 0 : parent.depth + 1);
	parent.children.push(own);
	nodes.set(name, own);
	return own;
}

export function unfolded(nodes, isFolded) {
	const hidden = new Set();
	return nodes.filter((one) => {
		const isHidden = hidden.has(one.parent);
		if (isHidden || (one.parent && isFolded(one))) hidden.add(one);
		return !isHidden;
	});
}

export function matching(nodes, text, configuredOnly) {
	const wanted = text.toLowerCase();
	return nodes.filter(
		(one) =>
			one.exists &&
			(one.isConfigured || !configuredOnly) &&
			one.name.toLowerCase().includes(wanted),
	);
}

export const isNewName = (name, loggers) =>
	name !== "" && !/(^|\.)(\.|$)|\p{Cc}/u.test(name) && !loggers.has(name);
