// Groups of loggers, above the table of loggers.

import { byId, count, el, setText } from "./page.js";
import { model } from "./process.js";
import { chosenTime, levelButtons, saveGroup, setGroupLevel } from "./steering.js";

const rows = new Map();

function render() {
	const { groups } = model;
	setText(byId("group-count"), count(groups.length));
	const names = groups.map((group) => group.name);
	rows.forEach((row, name) => (row.element.hidden = !names.includes(name)));
	for (const group of groups) {
		const row = rows.get(group.name) ?? add(group.name);
		setText(row.members, group.members.join(", "));
		row.levels.show(group.level, null, true);
	}
}

function add(name) {
	const members = el("span", { className: "note" });
	const levels = levelButtons(`group ${name}`, (level) =>
		setGroupLevel(name, level, level && chosenTime()),
	);
	const element = el("div", { className: "bar" }, el("b", {}, name), members, levels.element);
	const row = { members, levels, element };
	byId("group-list").append(element);
	rows.set(name, row);
	return row;
}

model.addEventListener("change", render);
byId("new-group").onsubmit = async (event) => {
	event.preventDefault();
	const { name, members } = event.target.elements;
	const names = members.value.split(/[\s,]+/).filter(Boolean);
	if (await saveGroup(name.value, names)) event.target.reset();
};
