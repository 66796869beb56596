// Changes of levels, undoing them, and what to do if another client was faster.

import { button, byId, duration, el, row, say, timeLeft } from "./page.js";
import { changed, loggerOf, model, poll, reload, request, tone } from "./process.js";

export const busy = new Set();
export const failed = new Map();

// What was changed here, the newest last.
const done = [];
let running = Promise.resolve();

// Sets the level of a logger, for a time such as `10m` if given; `null` clears it.
export function setLevel(name, level, time) {
	const { until, configured } = loggerOf(name);
	// A temporary level that is replaced comes back for the time that was left.
	const left = () => `${Math.ceil(timeLeft(until) / 1000)}s`;
	const back = () => patchLevels([change(name, configured, left())]);
	const send = () => patchLevels([change(name, level, time)]);
	run(name, says(name, level, time), send, until ? back : undefined);
}

// Ends a temporary level: the one before it applies again.
export function endLevel(name) {
	const send = () => patchLevels([{ target: name, end: true }]);
	run(name, `the temporary level of ${name} is over`, send, null);
}

export function setGroupLevel({ name, members }, level, time) {
	const changes = () => members.map((member) => change(member, level, time));
	const send = () => (time ? patchLevels(changes()) : putGroup(name, { level }));
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
	if (last) run("undo", `undone: ${last.what}`, last.back, null);
}

// Sends a change, and reports what became of it. `back` reverts it, if it is not `null`.
function run(name, what, send, back = (revision) => request("POST", "/v1/undo", { revision })) {
	busy.add(name);
	changed();
	// One after the other: each is made to the state that the one before has left.
	running = running.then(async () => {
		let answer = null;
		try {
			answer = await send();
			failed.delete(name);
			if (answer && back) done.push({ what, back: () => back(answer.revision) });
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

const change = (target, level, time) => ({ target, level, for: time || undefined });

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
