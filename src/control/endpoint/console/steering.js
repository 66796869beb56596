// Changes of levels, undoing them, and what to do if another client was faster.

import { button, byId, duration, el, row, say, timeLeft } from "./page.js";
import { changed, model, poll, reload, request, tone } from "./process.js";

export const busy = new Set();
export const failed = new Map();

// What was changed here, and the revisions after it, the newest last.
const done = [];
let running = Promise.resolve();

// Sets the level of a logger, for a time such as `10m` if given; `null` clears it.
export function setLevel(name, level, time) {
	const change = { target: name, type: "LOGGER", level, ...(time && { for: time }) };
	run(name, says(name, level, time), () => patchLevels([change]));
}

// Ends a temporary level: the one before it applies again.
export function endLevel(name) {
	const change = { target: name, type: "LOGGER", end: true };
	run(name, `the temporary level of ${name} is over`, () => patchLevels([change]));
}

export function setGroupLevel({ name, members }, level, time) {
	const changes = members.map((target) => ({ target, type: "LOGGER", level, for: time }));
	const send = () => (time ? patchLevels(changes) : putGroup(name, { level }));
	run(name, says(`group ${name}`, level, time), send);
}

export const saveGroup = (name, members) =>
	run(name, `group ${name} is saved`, () => putGroup(name, { members }));

export function disableAll(disabled) {
	const what = disabled ? "all logging is off" : "logging is on again";
	run("all", what, () => request("PATCH", "/v1/options", { disableAll: disabled }));
}

// Reverts the newest change that was made here.
export function undo() {
	const last = done.pop();
	if (!last) return;
	const send = () => request("POST", "/v1/undo", { revision: last.revision });
	run("undo", `undone: ${last.what}`, send, true);
}

// Sends a change, and reports what became of it. Returns whether it was made.
function run(name, what, send, isUndo = false) {
	busy.add(name);
	changed();
	// One after the other: each is made to the state that the one before has left.
	running = running.then(async () => {
		let answer = null;
		try {
			answer = await send();
			failed.delete(name);
			if (answer && !isUndo) done.push({ what, revision: answer.revision });
			const warnings = answer?.warnings?.map((warning) => `. But ${warning}`) ?? [];
			say(answer ? what + warnings.join("") : "nothing was changed");
			await reload();
		} catch (error) {
			failed.set(name, error.message);
			say(error.message, true);
		}
		busy.delete(name);
		byId("undo").disabled = done.length === 0;
		await poll();
		return Boolean(answer);
	});
	return running;
}

// Applies changes to the revision that is shown. Returns `null` if the user withdrew them.
async function patchLevels(changes) {
	for (;;) {
		try {
			const headers = { "If-Match": `"${model.revision}"` };
			return await request("PATCH", "/v1/levels", { changes }, headers);
		} catch (error) {
			if (error.status !== 412) throw error;
			const shown = model.loggers;
			await reload();
			if (!(await ask(changes, shown))) return null;
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
	dialog.returnValue = "";
	dialog.showModal();
	return new Promise((resolve) => {
		dialog.onclose = () => resolve(dialog.returnValue === "apply");
	});
}

function summary(logger) {
	if (!logger?.configured) return "inherited";
	return logger.configured + (logger.until ? ` for ${duration(timeLeft(logger.until))}` : "");
}

const says = (name, level, time) =>
	level ? `${name} is set to ${level}${time ? ` for ${time}` : ""}` : `${name} is cleared`;

const putGroup = (name, body) => request("PUT", `/v1/groups/${encodeURIComponent(name)}`, body);

byId("undo").onclick = undo;

export const chosenTime = () => byId("duration").value;

// `set` is called with the name of a level, or `null` to clear.
export function levelButtons(name, set) {
	const element = el("span", { className: "levels", role: "group", ariaLabel: `Level of ${name}` });
	const clear = button("Clear", `Clear the level of ${name}`, () => set(null));
	let levels = [];
	let buttons = [];

	// Shows the level that is set as pressed, an inherited one as pale.
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
