// The view of the live tail.

import { address, button, byId, count, eachFrame, el, plural, say, setText } from "./page.js";
import { events, model, tone } from "./process.js";
import { Entry, Records, searchFor } from "./records.js";
import { find, onClick, openRecord, showRecords } from "./record_list.js";
import { draw } from "./histogram.js";

const BACKLOG = 200;
const MAX_WAIT = 10_000;
const SUMMARY = 5_000;

const records = new Records();
const facets = byId("facets");

let arrived = [];
let lastId = "";
// Ends the stream that is being read, and what was asked of it.
let stop = null;
let source = null;
let isPaused = false;
const total = { records: 0, errors: 0, told: 0 };

const schedule = eachFrame(render);

// Applies the state of the address. The stream starts when the view is first seen.
export function showTail() {
	const query = new URLSearchParams({ backlog: BACKLOG });
	if (address.get("level")) query.set("level", address.get("level"));
	if (source !== `${query}`) {
		source = `${query}`;
		lastId = "";
		records.clear();
		if (!isPaused) run();
	}
	filter();
}

export function pause() {
	isPaused = !isPaused;
	byId("pause").ariaPressed = isPaused;
	if (isPaused) stop.abort();
	else run();
}

const goTo = (direction, what, is) =>
	find(direction, is) || say(`no ${direction > 0 ? "later" : "earlier"} ${what}`);

export const goToError = (direction) => goTo(direction, "error", (entry) => entry.number >= 40);
export const goToMark = (direction) => goTo(direction, "mark", (entry) => entry.isMarked);

// Reads the stream; when it breaks, goes on after the last record.
async function run() {
	stop?.abort();
	const { signal } = (stop = new AbortController());
	let wait = 0;
	while (!signal.aborted) {
		try {
			for await (const batch of events(`/v1/tail?${source}`, lastId, signal)) {
				wait = 0;
				batch.forEach(take);
				schedule();
			}
		} catch (error) {
			if (signal.aborted) return;
			if (error.status === 400) return say(error.message, true);
		}
		wait = Math.min(MAX_WAIT, wait * 2 || 500);
		await new Promise((resolve) => setTimeout(resolve, wait));
	}
}

function take({ id, event, data }) {
	if (id) lastId = id;
	if (event === "record") {
		const entry = new Entry(data);
		total.records += 1;
		if (entry.number >= 40) total.errors += 1;
		arrived.push(entry);
	} else if (event === "dropped") {
		const lost = Object.entries(JSON.parse(data).dropped).map(([name, n]) => `${count(n)} ${name}`);
		arrived.push({ notice: `Dropped, as this page read too slowly: ${lost.join(", ")}` });
	} else if (event === "gap") {
		arrived.push({ notice: "Some records before this are no longer there" });
	}
}

function render() {
	records.add(arrived);
	arrived = [];
	if (byId("tail").hidden) return;
	byId("log").ariaLive = address.get("announce") === "all" ? "polite" : "off";
	byId("records").classList.toggle("wrap", Boolean(address.get("wrap")));
	showRecords(records.shown, address.get("time"));
	records.facets.forEach(renderFacet);
	draw(byId("histogram"), records.shown);
}

function renderFacet({ number, matching }, name) {
	const others = [...facets.children];
	let one = others.find((other) => other.name === name);
	if (!one) {
		one = button("", "", () => toggle(name), { className: tone(number), name, value: number });
		facets.insertBefore(one, others.find((other) => other.value > number) ?? null);
	}
	setText(one, `${name} ${count(matching)}`);
	one.ariaLabel = one.textContent;
	one.ariaPressed = !address.all("hide").includes(name);
}

function toggle(name) {
	const hidden = new Set(address.all("hide"));
	if (!hidden.delete(name)) hidden.add(name);
	address.set({ hide: [...hidden] });
}

function filter() {
	let search = null;
	setText(byId("search-error"), "");
	try {
		search = searchFor(address.get("find"), address.get("regex"));
	} catch (error) {
		setText(byId("search-error"), error.message);
	}
	const [hidden, by] = ["hide", "by"].map(address.all);
	records.filter({ search, hidden, by });
	byId("chips").replaceChildren(...by.map(chip));
	schedule();
}

function chip(one) {
	const text = `${one.startsWith("-") ? "not" : "only"} ${one.slice(1)} ×`;
	return button(text, `${text} remove this filter`, () => {
		address.set({ by: without(one) });
		byId("search").focus();
	});
}

const without = (one) => address.all("by").filter((other) => other.slice(1) !== one.slice(1));

// Filters by a `key=value` after a plus, or against one after a minus.
const filterBy = (one) => address.set({ by: [...without(one), one] });

const follow = (pair) => address.set({ find: "", hide: [], by: [`+${pair}`] });

// Summarizes now and then: announcing each record would flood a screen reader.
function summarize() {
	const added = total.records - total.told;
	if (address.get("announce") || added === 0) return;
	total.told = total.records;
	const sums = `${plural(total.records, "record")}, ${plural(total.errors, "error")}`;
	setText(byId("tail-summary"), `${sums}, ${count(added)} of them new`);
}

function download() {
	const lines = records.shown.filter((entry) => entry.json).map((entry) => `${entry.json}\n`);
	const href = URL.createObjectURL(new Blob(lines));
	const { name, pid } = model.status;
	el("a", { href, download: `${name}-${pid}.jsonl` }).click();
	URL.revokeObjectURL(href);
	say(`${plural(lines.length, "record")} downloaded`);
}

onClick(filterBy, (entry) => openRecord(entry, filterBy, follow));
byId("pause").onclick = pause;
byId("next-error").onclick = () => goToError(1);
byId("previous-error").onclick = () => goToError(-1);
byId("download").onclick = download;
setInterval(summarize, SUMMARY);
