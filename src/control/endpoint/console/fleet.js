// The view of a fleet: what is set for all instances, and which of them have it.

import { button, byId, confirmed, count, el, plural, row, say, setText } from "./page.js";
import { fill } from "./lists.js";
import { POLL, model, request, tone } from "./process.js";

const view = byId("fleet");
const form = byId("fleet-change");
const groupForm = byId("fleet-group");
const [levels, instances, changes, groups] = ["levels", "instances", "changes", "groups"].map((name) =>
	byId(`fleet-${name}`),
);

let isLoading = false;
let readAt = -Infinity;
let took = 0;

export async function showFleet() {
	if (view.hidden || isLoading || !model.status.fleet) return;
	isLoading = true;
	const start = performance.now();
	try {
		// One after the other: the endpoint has few places for what waits for the store.
		const status = await request("GET", "/v1/fleet");
		const set = await request("GET", "/v1/fleet/levels");
		const audit = await request("GET", "/v1/fleet/audit");
		fill(levels, [...set.off.map(rowOfOff), ...set.levels.map(rowOfLevel)]);
		fill(groups, set.groups.map(rowOfGroup));
		setText(byId("fleet-group-count"), count(set.groups.length));
		fill(instances, status.instances.map(rowOfInstance));
		fill(changes, audit.changes.reverse().map(rowOfChange));
		offer(status.instances);
		setText(byId("fleet-summary"), [status.summary, ...set.refused].join(" · "));
		byId("fleet-summary").classList.remove("failed");
	} catch (error) {
		setText(byId("fleet-summary"), `Failed: ${error.message}`);
		byId("fleet-summary").classList.add("failed");
	}
	readAt = performance.now();
	took = readAt - start;
	isLoading = false;
}

const shown = (time) =>
	time ? new Date(time).toLocaleString([], { dateStyle: "short", timeStyle: "short" }) : "";

function rowOfLevel({ target, type, level, selector, until, by, reason, force, revision }) {
	const what = type === "LOGGER" || type === "DEFAULT" ? target : `${type} ${target}`;
	const number = model.levels.find((one) => one.name === level)?.number ?? 0;
	const clear = button("Clear", `Clear ${what} for ${selector}`, () =>
		change(`${what} is cleared for ${selector}`, {
			selector,
			changes: [{ target, type, level: null }],
		}),
	);
	const text = el("b", { className: `level ${tone(number)}` }, level);
	const layer = `fleet ${selector}, ${revision}${force ? ", forced" : ""}`;
	return row(what, text, layer, shown(until) || "no end", by, reason, clear);
}

function rowOfOff({ selector, by, reason }) {
	const on = button("On", `Logging on again for ${selector}`, () => switchAll(selector, false));
	const text = el("b", { className: "level off" }, "off");
	return row("all logging", text, selector, "no end", by, reason, on);
}

const switchAll = (selector, disableAll, reason) =>
	change(`all logging is ${disableAll ? "off" : "on again"} for ${selector}`, {
		selector,
		changes: [{ disableAll }],
		reason,
	});

function rowOfGroup({ name, members, by }) {
	const edit = button("Edit", `Edit group ${name}`, () => {
		groupForm.elements.name.value = name;
		groupForm.elements.members.value = members.join(" ");
		groupForm.elements.members.focus();
	});
	const remove = button("Remove", `Remove group ${name}`, () =>
		change(`group ${name} is removed`, { changes: [{ group: name, members: [] }] }),
	);
	return row(name, members.join(", "), by, el("span", {}, edit, " ", remove));
}

function rowOfInstance({ instance, version, zone, revision, state, confirmed, local, refused }) {
	// AWS's word for a logger says nothing here.
	const own = local.map((target) => `${target.replace("THING_GROUP ", "")} is its own`);
	const notes = [...own, ...refused].join(" · ");
	const text = el("span", { className: confirmed ? "" : "failed" }, state);
	const name = instance === model.status.fleet.instance ? `${instance} (this one)` : instance;
	return row(name, version, zone, String(revision), text, notes);
}

function rowOfChange({ time, revision, by, reason, edits }) {
	const what = edits.map(({ key, old, new: now }) =>
		el("div", {}, `${key}: ${said(key, old)} → ${said(key, now)}`),
	);
	const undo = button("Undo", `Undo change ${revision}`, () =>
		attempt(`change ${revision} is undone`, () =>
			request("POST", "/v1/fleet/undo", { revision }),
		),
	);
	return row(String(revision), shown(time), el("div", {}, ...what), by, reason, undo);
}

function said(key, value) {
	if (key.startsWith("group/")) return value?.replaceAll("\t", ", ") ?? "no group";
	return value ?? (key.startsWith("off/") ? "on" : "inherited");
}

// Proposes the instances that there are.
function offer(all) {
	const known = new Set();
	for (const { instance, version, zone } of all) {
		if (zone) known.add(`zone=${encode(zone)}`);
		if (version) known.add(`version=${encode(version)}`);
		known.add(`instance=${encode(instance)}`);
	}
	const values = ["all", "share=10", ...known].slice(0, 100);
	fill(
		byId("fleet-selectors"),
		values.map((value) => el("option", { value })),
	);
}

// As selectors are printed.
const encode = (text) => text.replace(/[^!-~]|[%/,=]/gu, encodeURIComponent);

// Makes a change; where it needs consent, asks for that.
const change = (what, body) =>
	attempt(what, async () => {
		for (let consent; ; ) {
			try {
				return await request("PATCH", "/v1/fleet/levels", { ...body, consent });
			} catch (error) {
				if (error.status !== 428) throw error;
				consent = error.consent;
			}
			const text = `It needs consent: ${plural(consent, "logger")} of all instances together at DEBUG or below, such a level without an end, or no logging at all.`;
			setText(byId("consent-text"), text);
			if (!(await confirmed(byId("consent")))) return null;
		}
	});

// Says what became of a change, shows it, and returns whether it was made.
async function attempt(what, send) {
	form.ariaBusy = true;
	let failure = null;
	let answer = null;
	try {
		answer = await send();
	} catch (error) {
		failure = error.message;
	}
	form.ariaBusy = false;
	await showFleet();
	say(failure ?? (answer ? `${what} (revision ${answer.revision})` : "nothing was changed"), failure !== null);
	return Boolean(answer);
}

const chosen = () => {
	const { selector, ...rest } = Object.fromEntries(new FormData(form));
	return { ...rest, selector: selector.trim() || "all" };
};

form.onsubmit = (event) => {
	event.preventDefault();
	const { kind, target, level, selector, time, reason } = chosen();
	const name = kind === "group" ? `group ${target}` : target;
	const what = level ? `${name} is set to ${level}` : `${name} is cleared`;
	change(`${what} for ${selector}`, {
		selector,
		changes: [{ [kind === "group" ? "group" : "target"]: target, level: level || null }],
		for: (level && time) || undefined,
		reason,
	});
};

byId("fleet-off").onclick = () => {
	const { selector, reason } = chosen();
	switchAll(selector, true, reason);
};

groupForm.onsubmit = async (event) => {
	event.preventDefault();
	const { name, members, reason } = Object.fromEntries(new FormData(groupForm));
	const names = members.split(/[\s,]+/).filter(Boolean);
	const made = await change(`group ${name} is saved`, {
		changes: [{ group: name, members: names }],
		reason,
	});
	if (made) groupForm.reset();
};

function showForm() {
	const { fleet } = model.status;
	document.querySelector("nav [data-view=fleet]").hidden = !fleet;
	if (!fleet) return;
	setText(byId("fleet-self"), `${fleet.instance}: ${fleet.health}`);
	const select = form.elements.level;
	if (select.options.length !== model.levels.length + 1) {
		const names = model.levels.map(({ name }) => el("option", { value: name }, name));
		select.replaceChildren(...names, el("option", { value: "" }, "cleared"));
		select.value = "DEBUG";
	}
	// A store that takes long is asked less often.
	if (performance.now() - readAt > Math.max(POLL, 20 * took) / 2) showFleet();
}

model.addEventListener("change", showForm);
