// The process: requests to it, and what is known of it.

export let { token } = sessionStorage;

export const setToken = (given) => (token = sessionStorage.token = given);

async function send(method, path, { body, headers, signal } = {}) {
	const all = { ...headers };
	if (token) all.Authorization = `Bearer ${token}`;
	if (body) all["Content-Type"] = "application/json";
	const options = { method, headers: all, body: body && JSON.stringify(body), signal };
	const response = await fetch(path, options);
	if (response.ok) return response;
	const { message = response.statusText, consent } = await response.json().catch(() => ({}));
	throw Object.assign(new Error(message), { status: response.status, consent });
}

export async function request(method, path, body, headers) {
	const text = await (await send(method, path, { body, headers })).text();
	return text && JSON.parse(text);
}

// Yields the events of a stream, as many at once as have arrived: `EventSource` sends no token.
export async function* events(path, lastId, signal) {
	const headers = { Accept: "text/event-stream", ...(lastId && { "Last-Event-ID": lastId }) };
	const response = await send("GET", path, { headers, signal });
	const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
	let rest = "";
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return;
		const blocks = (rest + value).split("\n\n");
		rest = blocks.pop();
		yield blocks.map(parse);
	}
}

function parse(block) {
	const event = { data: "" };
	for (const line of block.split("\n")) {
		const [, field, value] = /^(\w+): ?(.*)/.exec(line) ?? [];
		if (field) event[field] = field === "data" ? event.data + value : value;
	}
	return event;
}

export const POLL = 2_000;
// How often the loggers are read although no level has changed: new ones appear.
const RELOAD = 15_000;

// Fires `change` after each reading, and `refused` when the token is not accepted.
export const model = Object.assign(new EventTarget(), {
	status: {},
	// The most verbose first: `{ name, number }`.
	levels: [],
	loggers: new Map(),
	groups: [],
	revision: 0,
	isReachable: false,
});

let readAt = -Infinity;
let took = 0;

// One after the other, so that nothing is replaced by an older state.
let last = Promise.resolve();
const inTurn = (read) => () => (last = last.then(read, read));

export const poll = inTurn(async () => {
	try {
		const status = await request("GET", "/v1/status");
		const isOther = status.started !== model.status.started;
		const levels = status.levels.filter((level) => level.number > 0);
		levels.sort((a, b) => a.number - b.number);
		Object.assign(model, { status, levels, isReachable: true });
		// A process with so many loggers that listing them takes long is asked less often.
		const isOld = performance.now() - readAt > Math.max(RELOAD, 100 * took);
		if (isOther || isOld || status.revision !== model.revision) await load();
	} catch (error) {
		if (error.status === 401) return model.dispatchEvent(new Event("refused"));
		model.isReachable = false;
	}
	changed();
});

export const reload = inTurn(load);

async function load() {
	const start = performance.now();
	const paths = ["/v1/loggers", "/v1/groups"];
	const [{ loggers, revision }, { groups }] = await Promise.all(
		paths.map((path) => request("GET", path)),
	);
	readAt = performance.now();
	took = readAt - start;
	for (const logger of loggers) Object.assign(logger, logger.overrides[0]);
	const byName = new Map(loggers.map((logger) => [logger.name, logger]));
	Object.assign(model, { loggers: byName, groups, revision });
}

export const changed = () => model.dispatchEvent(new Event("change"));

export const numberOf = (name) => model.levels.find((level) => level.name === name)?.number ?? 0;

// Returns the logger; one that does not exist yet inherits from its nearest ancestor.
export function loggerOf(name) {
	const logger = model.loggers.get(name);
	if (logger) return logger;
	const dot = name.lastIndexOf(".");
	const parent = dot > 0 ? loggerOf(name.slice(0, dot)) : (model.loggers.get("root") ?? {});
	const { effective = "", inheritedFrom } = parent;
	return { name, effective, inheritedFrom: inheritedFrom ?? parent.name };
}

const TONES = { off: 65_535, critical: 50, error: 40, warning: 30, info: 20, debug: 10 };

// Returns the class for the colour of a level, which is never the only sign of it.
export const tone = (number) =>
	Object.keys(TONES).find((name) => number >= TONES[name]) ?? "trace";

export async function start() {
	document.addEventListener("visibilitychange", () => document.hidden || poll());
	for (;;) {
		await poll();
		do await new Promise((resolve) => setTimeout(resolve, POLL));
		while (document.hidden);
	}
}
