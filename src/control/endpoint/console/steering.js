// Changes of levels, undoing them, and what to do if another client was faster.

import { button, byId, confirmed, duration, el, row, say, timeLeft } from "./page.js";
import { changed, model, poll, reload, request, tone } from "./process.js";

export const busy = new Set();
export const failed = new Map();

// What was changed here, the newest last.
const done = [];
let running = Promise.resolve();

export const setLevel = (name, level, time) =>
	run(name, says(name, level, time), () => atShown(() => [change(name, level, time)]));

export const endLevel = (name) =>
	run(name, `the temporary level of ${name} is over`, () =>
		atShown(() => [{ target: name, end: true }]),
	);

export function setGroupLevel(name, level, time) {
	const isIt = (group) => group.name === name;
	const members = () => model.groups.find(isIt)?.members ?? [];
	const changes = () => members().map((member) => change(member, level, time));
	const send = time ? patchLevels : (_, headers) => putGroup(name, { level }, headers);
	run(name, says(`group ${name}`, level, time), () => atShown(changes, send));
}

export const saveGroup = (name, members) =>
	run(name, `group ${name} is saved`, () => putGroup(name, { members }));

export function disableAll(disabled) {
	const what = disabled ? "all logging is off" : "logging is on again";
	run("all", what, () => request("PATCH", "/v1/options", { disableAll: disabled }));
}

// Reverts the newest change that was made here, also one that is still on its way.
export function undo() {
	run("undo", null, async () => {
		const { what, revision } = done.pop() ?? {};
		if (what) await request("POST", "/v1/undo", { revision });
		return what && { undone: what };
	});
}

// Sends a change, and says what became of it when that is shown.
function run(name, what, send) {
	busy.add(name);
	changed();
	// One after the other: each is made to the state that the one before has left.
	running = running.then(async () => {
		let answer = null;
		try {
			answer = await send();
			failed.delete(name);
			if (answer && what) done.push({ what, revision: answer.revision });
		} catch (error) {
			failed.set(name, error.message);
		}
		busy.delete(name);
		byId("undo").disabled = done.length === 0;
		await poll();
		const made = [what ?? `undone: ${answer?.undone}`, ...(answer?.warnings ?? [])];
		const error = failed.get(name);
		const text = error ?? (answer ? made.join(". But ") : "nothing was changed");
		requestAnimationFrame(() => say(text, Boolean(error)));
		return Boolean(answer);
	});
	return running;
}

// Sends changes for the revision that is shown. Returns `null` if the user withdrew them.
async function atShown(changes, send = patchLevels) {
	for (let shown; ; ) {
		// Kept, as the model goes on while the user is asked.
		const { revision, loggers } = model;
		if (shown && !(await ask(changes(), shown))) return null;
		try {
			return await send(changes(), { "If-Match": `"${revision}"` });
		} catch (error) {
			if (error.status !== 412) throw error;
			shown = loggers;
			await reload();
		}
	}
}

// Shows what another client changed, and asks whether to apply `changes` all the same.
function ask(changes, shown) {
	const wanted = ({ level, end }) => (end ? "back now" : (level ?? "inherited"));
	const mine = new Map(changes.map((change) => [change.target, wanted(change)]));
	const names = new Set([...mine.keys(), ...shown.keys(), ...model.loggers.keys()]);
	const rows = [];
	for (const name of names) {
		const [before, now] = [shown, model.loggers].map((loggers) => summary(loggers.get(name)));
		if (before !== now || mine.has(name)) rows.push(row(name, before, now, mine.get(name)));
	}
	const dialog = byId("conflict");
	dialog.querySelector("tbody").replaceChildren(...rows);
	return confirmed(dialog);
}

function summary(logger) {
	if (!logger?.configured) return "inherited";
	return logger.configured + (logger.until ? ` for ${duration(timeLeft(logger.until))}` : "");
}

const change = (target, level, time) => ({ target, level, for: time || undefined });

const says = (name, level, time) =>
	level ? `${name} is set to ${level}${time ? ` for ${time}` : ""}` : `${name} is cleared`;

const patchLevels = (changes, headers) => request("PATCH", "/v1/levels", { changes }, headers);

const putGroup = (name, body, headers) =>
	request("PUT", `/v1/groups/${encodeURIComponent(name)}`, body, headers);

byId("undo").onclick = undo;

export const chosenTime = () => byId("duration").value;

export function levelButtons(name, set) {
	const element = el("span", { className: "levels", role: "group", ariaLabel: `Level of ${name}` });
	const clear = button("Clear", `Clear the level of ${name}`, () => set(null));
	let levels = [];
	let buttons = [];

	const show = (configured, effective, canClear) => {
		if (levels.join() !== model.levels.map((level) => level.name).join()) {
			levels = model.levels.map((level) => level.name);
			buttons = model.levels.map(({ name: level, number }) => {
				const className = tone(number);
				return button(level, `Set ${name} to ${level}`, () => set(level), { className });
			});
			element.replaceChildren(...buttons, clear);
		}
		buttons.forEach((one, index) => {
			one.ariaPressed = levels[index] === configured;
			one.classList.toggle("inherited", !configured && levels[index] === effective);
		});
		clear.hidden = !configured || !canClear;
	};
	return { element, show };
}
