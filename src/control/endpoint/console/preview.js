// How many records a second a more verbose level would add.

import { count } from "./page.js";
import { events, loggerOf, model, numberOf } from "./process.js";

const SECONDS = 3;
const COUNTING = `counting for ${SECONDS} s`;

export const previews = new Map();

let stop = null;

// Counts on a tail, which changes nothing. One logger at a time, as the endpoint serves few tails.
// Calls `changed` when there is a result.
export async function startPreview(name, changed) {
	stop?.abort();
	previews.forEach((text, other) => text === COUNTING && previews.delete(other));
	stop = new AbortController();
	const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(SECONDS * 1000)]);
	const show = (text) => {
		previews.set(name, text);
		changed();
	};
	show(COUNTING);
	const counts = new Map();
	const add = (level, more) => counts.set(level, (counts.get(level) ?? 0) + more);
	try {
		const level = (name === "root" ? "" : `${name}=`) + model.levels[0].name;
		const query = new URLSearchParams({ level, backlog: 0 });
		for await (const batch of events(`/v1/tail?${query}`, null, signal)) {
			for (const { event, data } of batch) {
				const fields = data && JSON.parse(data);
				if (event === "record" && wouldAdd(fields, name)) add(fields.level, 1);
				if (event === "dropped") Object.entries(fields.dropped).forEach((one) => add(...one));
			}
		}
	} catch (error) {
		if (error.name === "AbortError") return;
		if (error.name !== "TimeoutError") return show(`Failed: ${error.message}`);
	}
	show(summary(counts));
}

// Reports whether a more verbose level of `name` would show a record that is hidden now.
function wouldAdd({ logger, levelNumber }, name) {
	const { configured, effective, inheritedFrom } = loggerOf(logger);
	if (levelNumber >= numberOf(effective)) return false;
	if (logger === name) return true;
	if (configured || name === "root") return inheritedFrom === name;
	const isBelow = (one) => one.startsWith(`${name}.`);
	return isBelow(logger) && !isBelow(inheritedFrom);
}

function summary(counts) {
	const parts = [];
	let sum = 0;
	for (const { name } of model.levels.toReversed()) {
		if (!counts.has(name)) continue;
		sum += counts.get(name);
		parts.push(`${name} +${count(Math.round((sum / SECONDS) * 10) / 10)}/s`);
	}
	return parts.join(", ") || `nothing more in ${SECONDS} s`;
}
