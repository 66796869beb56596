// The view of a fleet: what is set for all instances, and which of them have it.

import { button, byId, confirmed, el, plural, row, say, setText } from "./page.js";
import { fill } from "./lists.js";
import { POLL, model, request, tone } from "./process.js";

const view = byId("fleet");
const form = byId("fleet-change");
const [levels, instances, changes] = [...view.querySelectorAll("tbody")];

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

const rowOfOff = ({ selector, by, reason }) =>
	row("all logging", el("b", { className: "level off" }, "off"), selector, "no end", by, reason, "");

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
		el("div", {}, `${key}: ${old ?? "inherited"} → ${now ?? "inherited"}`),
	);
	const undo = button("Undo", `Undo change ${revision}`, () =>
		attempt(`change ${revision} is undone`, () =>
			request("POST", "/v1/fleet/undo", { revision }),
		),
	);
	return row(String(revision), shown(time), el("div", {}, ...what), by, reason, undo);
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
			const text = `It needs consent: ${plural(consent, "logger")} of all instances together at DEBUG or below, or such a level without an end.`;
			setText(byId("consent-text"), text);
			if (!(await confirmed(byId("consent")))) return null;
		}
	});

// Says what became of a change, and shows it.
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
}

form.onsubmit = (event) => {
	event.preventDefault();
	const { target, level, selector, time, reason } = Object.fromEntries(new FormData(form));
	const instances = selector.trim() || "all";
	const what = level ? `${target} is set to ${level}` : `${target} is cleared`;
	change(`${what} for ${instances}`, {
		selector: instances,
		changes: [{ target, level: level || null }],
		for: (level && time) || undefined,
		reason,
	});
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
