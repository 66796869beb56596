// The view of loggers and their levels.

import { address, button, byId, count, duration, eachFrame } from "./page.js";
import { el, plural, setText, timeLeft } from "./page.js";
import { loggerOf, model, numberOf, tone } from "./process.js";
import { previews, startPreview } from "./preview.js";
import { busy, chosenTime, endLevel, failed, levelButtons, setLevel } from "./steering.js";
import { buildTree, isNewName, matching, node, unfolded } from "./tree.js";

// With more loggers than this, the tree is folded at first.
const MAX_UNFOLDED = 300;
// Rows around the visible ones, for Tab and short scrolls.
const MARGIN = 8;

const scroll = byId("logger-scroll");
const body = scroll.querySelector("tbody");
const [above, below] = [0, 0].map(() => el("tr", { ariaHidden: "true", className: "space" }));

let loggers = null;
let nodes = [];
// The nodes that filter and folding leave, and whether they are a list without a tree.
let shown = [];
let isFlat = false;
let isFoldedByDefault = null;
const toggled = new Set();
const rows = new Map();
let rowHeight = 40;
let filter = "";

export const showLevels = eachFrame(() => {
	if (byId("levels").hidden || model.loggers.size === 0) return;
	select();
	render();
});

// Brings the rows that are in view, and no others, into the document.
function render() {
	const visible = Math.ceil(scroll.clientHeight / rowHeight);
	const first = Math.max(0, Math.floor(scroll.scrollTop / rowHeight) - MARGIN);
	const last = Math.min(shown.length, first + visible + 2 * MARGIN);
	const wanted = shown.slice(first, last);
	const names = new Set(wanted.map(({ name }) => name));
	for (const [name, { element }] of rows) if (!names.has(name)) remove(name, element);
	let previous = above;
	wanted.forEach((one, index) => {
		const row = rows.get(one.name) ?? buildRow(one.name);
		rows.set(one.name, row);
		row.show(one, first + index);
		if (previous.nextSibling !== row.element) previous.after(row.element);
		previous = row.element;
	});
	above.style.height = `${first * rowHeight}px`;
	below.style.height = `${(shown.length - last) * rowHeight}px`;
	byId("loggers").setAttribute("aria-rowcount", shown.length + 1);
	// The layout decides how high a row is: two or three lines in a narrow window.
	const { height } = above.nextSibling.getBoundingClientRect();
	if (wanted.length > 0 && Math.abs(height - rowHeight) > 0.01) {
		rowHeight = height;
		render();
	}
}

function select() {
	if (loggers !== model.loggers) {
		loggers = model.loggers;
		nodes = buildTree(loggers);
		isFoldedByDefault ??= loggers.size > MAX_UNFOLDED;
	}
	const configuredOnly = Boolean(address.get("configured"));
	if (filter !== address.get("filter")) scroll.scrollTop = 0;
	filter = address.get("filter");
	isFlat = filter !== "" || configuredOnly;
	shown = isFlat ? matching(nodes, filter, configuredOnly) : unfolded(nodes, isFolded);
	const found = isFlat ? shown.length : loggers.size;
	setText(byId("logger-count"), `${count(found)} / ${plural(loggers.size, "logger")}`);
	if (isNewName(filter, loggers)) shown.push(node(filter, null, 0));
	byId("fold").disabled = isFlat;
	setText(byId("fold"), isFoldedByDefault ? "Expand all" : "Collapse all");
}

const isFolded = ({ name }) => toggled.has(name) !== isFoldedByDefault;

// A focus that would be lost with its row goes to the table, so that keys still work.
function remove(name, element) {
	if (element.contains(document.activeElement)) scroll.focus({ preventScroll: true });
	element.remove();
	rows.delete(name);
}

// Builds a row, which is updated in place and so keeps the focus.
function buildRow(name) {
	const fold = button("", `Loggers below ${name}`, () => {
		if (!toggled.delete(name)) toggled.add(name);
		showLevels();
	});
	fold.className = "fold";
	const [label, level] = [el("span", { className: "name", title: name }), el("b")];
	const [subtotal, source, notes] = [0, 0, 0].map(() => el("span", { className: "note" }));
	const levels = levelButtons(name, (chosen) => setLevel(name, chosen, chosen && chosenTime()));
	const back = button("Back now", `Back now: end the temporary level of ${name}`, () =>
		endLevel(name),
	);
	const add = button("Preview", `Preview what more verbose levels of ${name} add`, () =>
		startPreview(name, showLevels),
	);
	const head = el("th", { role: "rowheader" }, fold, label, subtotal);
	const cells = [[level, source], [levels.element, add], [back, notes]];
	const tds = cells.map((cell) => el("td", { role: "cell" }, ...cell));
	const element = el("tr", { role: "row" }, head, ...tds);

	const show = (one, index) => {
		const logger = loggerOf(name);
		element.ariaRowIndex = index + 2;
		element.ariaBusy = busy.has(name);
		fold.hidden = isFlat || !one.parent || one.children.length === 0;
		fold.ariaExpanded = !isFolded(one);
		setText(label, isFlat || one.depth === 0 ? name : one.label || "(empty)");
		head.style.setProperty("--depth", isFlat ? 0 : Math.min(one.depth, 8));
		setText(subtotal, subtotalOf(one));
		setText(level, logger.effective);
		level.className = `level ${tone(numberOf(logger.effective))}`;
		const isFleet = isOfFleet(logger);
		const own = isFleet ? "set by the fleet" : "set here";
		setText(source, logger.configured ? own : `from ${logger.inheritedFrom ?? "root"}`);
		levels.show(logger.configured, logger.effective, name !== "root" && !isFleet);
		back.hidden = !logger.until || isFleet;
		setText(notes, notesOn(logger));
		notes.title = notes.textContent;
		notes.classList.toggle("failed", failed.has(name));
	};
	return { element, show };
}

function subtotalOf({ exists, below: all, setBelow, children }) {
	if (!exists && children.length === 0) return "not there yet: a level makes it";
	if (all === 0) return "";
	return `${count(all)} below${setBelow ? `, ${count(setBelow)} set` : ""}`;
}

// The level of a fleet ends, and is cleared, in its view.
const isOfFleet = ({ layer }) => Boolean(layer?.startsWith("fleet"));

function layerOf({ layer, origin }) {
	if (layer?.startsWith("fleet")) return `${layer}, by ${origin}`;
	return layer?.includes("hides") && layer;
}

function notesOn(logger) {
	const { name, until, disabled, propagate, handlers, warning } = logger;
	const notes = [
		failed.has(name) && `Failed: ${failed.get(name)}`,
		layerOf(logger),
		until && `${duration(timeLeft(until))} left`,
		previews.get(name),
		disabled && "disabled",
		propagate === false && "does not propagate",
		handlers > 0 && plural(handlers, "handler"),
		warning,
	];
	return notes.filter(Boolean).join(" · ");
}

// Arrow keys move the focus between the buttons of a row, and between rows.
body.onkeydown = (event) => {
	const { target, key } = event;
	const across = { ArrowLeft: -1, ArrowRight: 1 }[key];
	const sibling = { ArrowUp: "previousSibling", ArrowDown: "nextSibling" }[key];
	if (!across && !sibling) return;
	event.preventDefault();
	const row = target.closest("tr");
	const buttons = [...(row[sibling] ?? row).querySelectorAll("button:not([hidden])")];
	const same = buttons.findIndex((one) => one.textContent === target.textContent);
	buttons[across ? same + across : Math.max(same, 0)]?.focus();
};

body.append(above, below);
model.addEventListener("change", showLevels);
scroll.onscroll = showLevels;
new ResizeObserver(showLevels).observe(scroll);
byId("fold").onclick = () => {
	isFoldedByDefault = !isFoldedByDefault;
	toggled.clear();
	showLevels();
};
setInterval(showLevels, 1_000);
