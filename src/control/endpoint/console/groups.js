// Groups of loggers, above the table of loggers.

import { byId, el, plural, setText } from "./page.js";
import { model } from "./process.js";
import { chosenTime, levelButtons, saveGroup, setGroupLevel } from "./steering.js";

const rows = new Map();

function render() {
	const { groups } = model;
	setText(byId("group-count"), groups.length ? plural(groups.length, "group") : "none yet");
	for (const group of groups) {
		const row = rows.get(group.name) ?? add(group.name);
		row.group = group;
		setText(row.members, group.members.join(", "));
		row.levels.show(group.level, null, true);
	}
}

function add(name) {
	const row = { members: el("span", { className: "note" }) };
	row.levels = levelButtons(`group ${name}`, (level) =>
		setGroupLevel(row.group, level, level && chosenTime()),
	);
	const cells = [el("b", {}, name), row.members, row.levels.element];
	byId("group-list").append(el("div", { className: "bar" }, ...cells));
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
