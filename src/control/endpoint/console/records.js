// The records that the tail keeps, and which are shown.

const MAX_RECORDS = 6_000;

// Members that are shown apart from the key-values.
const HEAD = ["time", "level", "logger", "message", "levelNumber", "seq", "pid"];
const REST = ["error", "stack"];

const UNIT = /^((trace|span|request|correlation|session)([._-]?id)?|traceparent)$/i;

export const isUnit = (key) => UNIT.test(key);
export const asPair = ([key, value]) => `${key}=${asText(value)}`;
export const asText = (value) => (typeof value === "string" ? value : `${JSON.stringify(value)}`);

export class Entry {
	#text;
	#pairs;

	constructor(json) {
		this.json = json;
		this.fields = JSON.parse(json);
		this.time = Date.parse(this.fields.time);
		this.number = this.fields.levelNumber;
	}

	get values() {
		const isNone = ([key, value]) => value === null || [...HEAD, ...REST].includes(key);
		const pairs = Object.entries(this.fields).filter((pair) => !isNone(pair));
		return pairs.map(([key, value]) => [key, asText(value)]);
	}

	get rest() {
		return REST.filter((key) => this.fields[key]).map((key) => asText(this.fields[key]));
	}

	get text() {
		const { logger, message } = this.fields;
		const values = () => this.values.map((pair) => pair.join("="));
		return (this.#text ??= [logger, message, ...values(), ...this.rest].join(" "));
	}

	// Reports whether the record has a `key=value`; a logger has the records of its descendants.
	has(pair) {
		this.#pairs ??= new Set(Object.entries(this.fields).map(asPair));
		return this.#pairs.has(pair) || `logger=${this.fields.logger}.`.startsWith(`${pair}.`);
	}
}

// All records and notices (`{ notice }`), and those that pass the filters.
export class Records {
	shown = [];
	// By level, its number, and how many records match all but the filter of levels.
	facets = new Map();
	#all = [];
	#filters = { search: null, hidden: [], by: [] };

	add(entries) {
		this.#all.push(...entries);
		if (this.#all.length > MAX_RECORDS) {
			this.#all = this.#all.slice(-MAX_RECORDS);
			this.#select();
		} else {
			this.#pass(entries);
		}
	}

	clear() {
		this.#all = [];
		this.#select();
	}

	// `search` tests a text or is `null`; `by` has `+key=value` and `-key=value`.
	filter(filters) {
		this.#filters = filters;
		this.#select();
	}

	#select() {
		this.shown = [];
		this.facets.forEach((facet) => (facet.matching = 0));
		this.#pass(this.#all);
	}

	#pass(entries) {
		const { search, hidden, by } = this.#filters;
		for (const entry of entries) {
			if (!entry.notice) {
				const passes = (one) => entry.has(one.slice(1)) === one.startsWith("+");
				if (!by.every(passes) || (search && !search(entry.text))) continue;
				const { level } = entry.fields;
				const facet = this.facets.get(level) ?? { number: entry.number, matching: 0 };
				this.facets.set(level, facet);
				facet.matching += 1;
				if (hidden.includes(level)) continue;
			}
			this.shown.push(entry);
		}
	}
}

// Returns a test for what the user searches: a text in any case, or a regular expression.
export function searchFor(text, isRegex) {
	if (!text) return null;
	const regex = new RegExp(isRegex ? text : text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "iu");
	return (candidate) => regex.test(candidate);
}
