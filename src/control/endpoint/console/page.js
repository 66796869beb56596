// Elements of the page, and the state in the fragment of its address: a link shows the same.

export const byId = (id) => document.getElementById(id);

// Creates an element with properties and children. Strings become text nodes, never markup: names
// and records may hold anything.
export function el(tag, properties = {}, ...children) {
	const element = Object.assign(document.createElement(tag), properties);
	element.append(...children);
	return element;
}

export const button = (text, label, onclick, properties = {}) =>
	el("button", { type: "button", onclick, ariaLabel: label || text, ...properties }, text);

export const row = (first, ...cells) =>
	el("tr", {}, el("th", { scope: "row" }, first), ...cells.map((one) => el("td", {}, one ?? "")));

// Sets a text only if it differs, so that nothing is announced twice.
export function setText(element, text) {
	if (element.textContent !== text) element.textContent = text;
}

export function say(text, failed = false) {
	const message = byId("message");
	message.classList.toggle("failed", failed);
	message.textContent = failed ? `Failed: ${text}` : text;
}

// Shows a dialog, and returns whether it was left by what applies something.
export function confirmed(dialog) {
	dialog.returnValue = "";
	dialog.showModal();
	return new Promise((resolve) => {
		dialog.onclose = () => resolve(dialog.returnValue === "apply");
	});
}

export function eachFrame(task) {
	let frame = 0;
	return () => {
		frame ||= requestAnimationFrame(() => {
			frame = 0;
			task();
		});
	};
}

export const count = (number) => number.toLocaleString("en");

export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

export function duration(milliseconds) {
	const seconds = Math.max(0, Math.round(milliseconds / 1000));
	const [minutes, hours] = [60, 3600].map((unit) => Math.floor(seconds / unit));
	if (hours > 0) return `${hours} h ${minutes % 60} min`;
	return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

export const timeLeft = (until) => Date.parse(until) - Date.now();

const read = () => new URLSearchParams(location.hash.slice(1));
let parameters = read();
let changed = () => {};

export const address = {
	get: (name) => parameters.get(name) ?? "",
	all: (name) => parameters.getAll(name),

	// Empty texts and lists and `false` remove a parameter.
	set(values) {
		for (const [name, value] of Object.entries(values)) {
			parameters.delete(name);
			const list = Array.isArray(value) ? value : value ? [value] : [];
			for (const one of list) parameters.append(name, one);
		}
		history.replaceState(null, "", location.pathname + (parameters.size ? `#${parameters}` : ""));
		show();
	},

	// Calls `listener` now and after each change, also when the user goes back.
	watch(listener) {
		changed = listener;
		show();
	},

	// Returns the token of the fragment, which is never sent, and removes it from the address.
	takeToken() {
		const token = address.get("token");
		if (token) address.set({ token: "" });
		return token;
	},
};

// Controls with `data-parameter` show one and change it.
const controls = [...document.querySelectorAll("[data-parameter]")];
const isCheck = (control) => control.type === "checkbox";

function show() {
	for (const control of controls) {
		const value = address.get(control.dataset.parameter);
		if (isCheck(control)) control.checked = Boolean(value);
		else if (control.value.trim() !== value) control.value = value;
	}
	changed();
}

for (const control of controls) {
	control.addEventListener(control.dataset.event ?? "input", () => {
		const value = isCheck(control) ? control.checked : control.value.trim();
		address.set({ [control.dataset.parameter]: value });
	});
}
addEventListener("hashchange", () => {
	parameters = read();
	show();
});
