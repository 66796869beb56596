// The list of records, at its end until the user scrolls up.

import { button, byId, count, el, row, say } from "./page.js";
import { tone } from "./process.js";
import { asPair, asText, isUnit } from "./records.js";

const [list, scroll, more] = ["records", "log", "new-records"].map(byId);

// The elements of records, made once; those out of view cost no layout, by the style sheet.
let elements = new WeakMap();
let timeFormat = "local";
let isAtEnd = true;
let top = 0;
let seen = 0;

// Shows records and notices, with times as `local`, `utc` or `since` the one before.
export function showRecords(entries, format) {
	if (format !== timeFormat) elements = new WeakMap();
	timeFormat = format;
	const rows = entries.map((entry, index) => {
		if (!elements.has(entry)) elements.set(entry, build(entry, entries[index - 1]));
		return elements.get(entry);
	});
	// In order, so that nothing but what is new or gone is touched, and a focus stays.
	const wanted = new Set(rows);
	for (const old of [...list.children]) if (!wanted.has(old)) old.remove();
	let next = list.firstChild;
	for (const one of rows) {
		if (one === next) next = next.nextSibling;
		else list.insertBefore(one, next);
	}
	if (!list.querySelector("[tabindex='0']")) reach(list.querySelector("li:last-of-type button"));
	showEnd();
}

function showEnd() {
	const shown = list.childElementCount;
	if (isAtEnd) {
		scroll.scrollTop = scroll.scrollHeight;
		top = scroll.scrollTop;
		seen = shown;
	}
	more.hidden = isAtEnd;
	more.textContent = shown > seen ? `${count(shown - seen)} new ↓` : "To the end ↓";
}

export function find(direction, is) {
	const rows = [...list.children];
	let at = rows.indexOf(document.activeElement.closest("li"));
	if (at < 0 && direction < 0) at = rows.length;
	do at += direction;
	while (rows[at] && !is(rows[at].entry));
	return Boolean(rows[at]) && focus(rows[at]);
}

function focus(row) {
	isAtEnd = false;
	reach(row.firstChild);
	row.firstChild.focus();
	showEnd();
	return true;
}

// Marks a record, or the one that has the focus; a second time removes the mark.
export function mark(entry = document.activeElement.closest("li")?.entry) {
	if (!entry) return say("no record has the focus");
	entry.isMarked = !entry.isMarked;
	elements.get(entry).firstChild.ariaPressed = entry.isMarked || null;
}

// One of the records can be reached by Tab, the others from there by arrow keys.
function reach(opener) {
	list.querySelector("[tabindex='0']")?.setAttribute("tabindex", -1);
	opener?.setAttribute("tabindex", 0);
}

function build(entry, previous) {
	const row = el("li", { entry });
	if (entry.notice) {
		row.className = "notice";
		row.append(entry.notice);
		return row;
	}
	const { level, logger, message } = entry.fields;
	const time = formatTime(entry, previous);
	const opener = { className: "time", tabIndex: -1, ariaPressed: entry.isMarked || null };
	row.append(
		button(time, `${time} open record`, null, opener),
		el("b", { className: `level ${tone(entry.number)}` }, level),
		valueOf(`logger=${logger}`, logger, "logger"),
		el("span", { className: "message" }, message),
		...entry.values.map(([key, text]) =>
			el("span", {}, `${key}=`, valueOf(`${key}=${text}`, text, "value")),
		),
		...entry.rest.map((text) => el("span", { className: "rest" }, text)),
	);
	return row;
}

// A value that a click filters by; keys do so in the record's dialog.
const valueOf = (pair, text, className) =>
	el("span", { className, pair, title: "Click: only these. With Shift: not these" }, text);

function formatTime({ time }, previous) {
	if (timeFormat === "since") return `+${((time - (previous?.time ?? time)) / 1000).toFixed(3)}`;
	const date = new Date(time);
	if (timeFormat === "local") date.setMinutes(date.getMinutes() - date.getTimezoneOffset());
	return date.toISOString().slice(11, 23);
}

export function onClick(filterBy, open) {
	list.onclick = ({ target, shiftKey }) => {
		if (target.matches(".time")) open(target.parentElement.entry);
		else if (target.pair && getSelection().isCollapsed) filterBy((shiftKey ? "-" : "+") + target.pair);
	};
}

list.onkeydown = (event) => {
	const sibling = { ArrowUp: "previousSibling", ArrowDown: "nextSibling" }[event.key];
	let row = sibling && event.target.closest("li")[sibling];
	while (row?.entry.notice) row = row[sibling];
	if (!row) return;
	event.preventDefault();
	focus(row);
};
scroll.onscroll = () => {
	const { scrollTop, scrollHeight, clientHeight } = scroll;
	// Records that arrive move the end, but only the user scrolls up.
	isAtEnd = scrollHeight - clientHeight - scrollTop < 2 || (isAtEnd && scrollTop >= top);
	showEnd();
};
more.onclick = () => {
	isAtEnd = true;
	showEnd();
	scroll.focus();
};

const dialog = byId("record");

export function openRecord(entry, filterBy, follow) {
	const { fields } = entry;
	const choice = (text, label, choose) =>
		button(text, label, () => {
			dialog.close();
			choose();
		});
	const rows = Object.entries(fields).map((field) => {
		const pair = asPair(field);
		const choices = [
			choice("Only", `Only records with ${pair}`, () => filterBy(`+${pair}`)),
			choice("Not", `Not the records with ${pair}`, () => filterBy(`-${pair}`)),
		];
		if (isUnit(field[0])) choices.push(choice("Follow", `Follow ${pair}`, () => follow(pair)));
		return row(field[0], asText(field[1]), el("span", {}, ...choices));
	});
	dialog.querySelector("tbody").replaceChildren(...rows);
	const json = JSON.stringify(fields, null, 2);
	dialog.querySelector("pre").textContent = json;
	const showMark = () => (byId("mark").ariaPressed = Boolean(entry.isMarked));
	byId("mark").onclick = () => showMark(mark(entry));
	showMark();
	byId("copy").onclick = () =>
		navigator.clipboard.writeText(json).then(
			() => say("record copied"),
			(error) => say(error.message, true),
		);
	dialog.showModal();
}
