//! The first pass over a string, which finds four letters that occur in some name or shape.
//!
//! A string without secrets costs this pass alone. It therefore tests every second position, three
//! at a time, each by one access to a small table of trigrams. Four letters contain a trigram at an
//! even position and one at an odd position, and both are in the table (`benches/hot_path.rs`,
//! `look_for_secrets`).

use crate::filter::redaction::places::{CALLS, PLACES};
use crate::filter::redaction::rules::{NAMES, SHAPES};
use crate::filter::redaction::shapes;
use crate::sys::sync::{Arc, Lazy};

/// What the letters may belong to; a set of bits.
pub(super) type Kinds = u8;

/// A name whose value is secret.
pub(super) const NAME: Kinds = 1;
/// A token with a known beginning.
pub(super) const SHAPE: Kinds = 2;
/// What is before the authority of a URL.
pub(super) const URL: Kinds = 4;
/// The line that a key in PEM begins with.
pub(super) const PEM: Kinds = 8;
/// An option of a command, or a statement.
pub(super) const COMMAND: Kinds = 16;
/// Words that a user and a password follow.
pub(super) const LOGON: Kinds = 64;
/// A program that takes a user and a password.
pub(super) const PROGRAM: Kinds = 128;
/// An escape inside of which a name may be.
pub(super) const ESCAPE: Kinds = 32;

/// A set of four letters in a row, in any case, each with its kinds.
#[derive(Clone)]
pub(super) struct Prefilter {
    /// At the place of three of some four, a bit for the one that [follows] and one for the one
    /// that [precedes] them; perhaps of other three as well.
    table: Arc<[u8; SLOTS]>,
    /// The set, by open addressing.
    known: Arc<Vec<(u32, Kinds)>>,
}

/// So many that other letters seldom share a place, so few that what is used of the table stays
/// near the processor.
const SLOTS: usize = 1 << BITS;
const BITS: u32 = 16;

/// Several times the number of those in the set.
const KNOWN: usize = 1 << 13;

/// Four letters of each name of the [rules](super::rules), such as are rare elsewhere. `_` is any
/// of [`ENDS`], which can follow a name or precede it, and `?` one of the [`SIGNS`].
#[rustfmt::skip]
const ANCHORS: &[(&str, Kinds)] = &[
    ("pass", NAME), ("sswd", NAME), ("pwd_", NAME), ("_pw_", NAME), ("psw_", NAME),
    ("bpw_", NAME), ("dpw_", NAME), ("rpw_", NAME), ("tpw_", NAME), ("_pin", NAME),
    ("pin?", NAME), ("_otp", NAME), ("otp?", NAME), ("totp", NAME), ("cvv_", NAME),
    ("vv2?", NAME), ("cvc_", NAME), ("puk_", NAME), ("ode?", NAME), ("secr", NAME),
    ("secu", NAME), ("key_", NAME), ("keyi", NAME), ("keys", NAME), ("keyv", NAME),
    ("keyb", NAME), ("keyd", NAME), ("keyp", NAME), ("keym", NAME), ("keyr", NAME),
    ("keyt", NAME), ("oken", NAME), ("jwt_", NAME), ("bear", NAME), ("ssio", NAME),
    ("sid_", NAME), ("pat?", NAME), ("sas?", NAME), ("csrf", NAME), ("sic_", NAME),
    ("xsrf", NAME), ("asse", NAME), ("mlre", NAME), ("memb", NAME), ("h_he", NAME), ("ycod", NAME), ("ry_c", NAME),
    ("h_va", NAME), ("tial", NAME), ("reds", NAME), ("riza", NAME), ("kie_", NAME),
    ("kies", NAME), ("gnat", NAME), ("sig?", NAME), ("hmac", NAME), ("psk?", NAME),
    ("plai", NAME), ("mnem", NAME), ("phra", NAME), ("onst", NAME), ("n_st", NAME),
    ("fier", NAME), ("----", PEM), ("\\u00", ESCAPE), ("akia", SHAPE), ("asia", SHAPE),
    ("abia", SHAPE), ("acca", SHAPE), ("%3aa", SHAPE), ("@tcp", COMMAND), ("@uni", COMMAND),
    ("@udp", COMMAND), ("ogin", COMMAND | LOGON), ("ied ", COMMAND), ("hent", COMMAND | LOGON),
    ("ugfz", COMMAND), ("tuse", COMMAND), ("_sym", NAME), ("aes_", NAME),
    ("bypa", NAME), ("sqlp", PROGRAM), ("sqll", PROGRAM), ("sqlc", PROGRAM),
    ("xpdp", PROGRAM), ("mpdp", PROGRAM), ("exp ", PROGRAM), ("imp ", PROGRAM), ("rman", PROGRAM),
    ("get ", PROGRAM), ("erid", PROGRAM), ("dgmg", PROGRAM), ("net ", PROGRAM), ("n as", LOGON),
    ("g as", LOGON), ("r/pa", LOGON), ("e/pa", LOGON), ("d pa", LOGON), ("tial", LOGON),
    ("reds", LOGON), ("@orc", COMMAND), ("@loc", COMMAND), ("@pro", COMMAND), ("@dev", COMMAND),
    ("@tes", COMMAND), ("@db_", COMMAND), ("@db/", COMMAND), ("@10.", COMMAND), ("@127", COMMAND),
    ("@172", COMMAND), ("@192", COMMAND), (":543", COMMAND), (":*:*", COMMAND), ("%70a", ESCAPE),
    ("%70w", ESCAPE), ("%73e", ESCAPE), ("%74o", ESCAPE), ("xoau", COMMAND), ("--us", COMMAND),
    ("kenn", NAME), ("htwo", NAME), ("rase", NAME), ("enha", NAME), ("nord", NAME),
    ("ngsk", NAME), ("deor", NAME), ("lasa", NAME), ("hasl", NAME), ("eslo", NAME),
    ("elsz", NAME), ("sifr", NAME), ("arol", NAME), ("aroo", NAME), ("ozin", NAME),
    ("pork", NAME), ("tkha", NAME), ("ndi?", NAME), ("mdp_", NAME), ("gehe", NAME),
    ("clav", NAME), ("de i", NAME), ("sp_a", NAME), ("sp_p", NAME), 
    
    ("nswe", NAME), ("ypt_", NAME), ("ied\n", COMMAND), ("_b64", NAME), ("h_ba", NAME), ("red?", NAME), ("es/t", URL), ("uth ", LOGON), ("ity?", NAME), ("--pr", COMMAND), ("htok", NAME), ("tapi", NAME), ("t-ap", NAME), ("pwha", NAME), ("pwdh", NAME), ("ppid", NAME), ("psk_", NAME), ("@db.", COMMAND), ("@mys", COMMAND), ("@pos", COMMAND), ("@pg-", COMMAND), ("@pg.", COMMAND), ("@mon", COMMAND), ("@red", COMMAND), ("@sql", COMMAND), ("@ora", COMMAND), ("@hos", COMMAND), ("@ser", COMMAND), ("@smt", COMMAND), ("@mai", COMMAND), ("@ftp", COMMAND), ("hin:", COMMAND), ("sip:", COMMAND), ("pser", COMMAND), ("sswo", NAME), ("pswd", NAME), ("pasw", NAME), ("pwor", NAME), ("pwrd", NAME), ("tick", NAME), ("ypt?", NAME),
    ("muni", NAME), ("p%61", ESCAPE), ("s%65", ESCAPE), ("t%6f", ESCAPE), ("odes", NAME), ("edwo", NAME), ("d_wo", NAME), ("tyst", NAME), ("y_st", NAME), ("kty?", NAME), ("334 ", COMMAND), ("utty", PEM),("echo", COMMAND), ("ntf ", COMMAND), ("yes ", COMMAND), ("on >", COMMAND), (" <<<", COMMAND), ("zuga", LOGON), ("rete", NAME), ("eed?", NAME),
    ("stgc", NAME), ("eppe", NAME), ("acod", NAME), ("fa_c", NAME), ("mlar", NAME), ("tkn_", NAME), ("tok?", NAME), ("thn?", NAME), ("rumb", NAME), ("riv?", NAME), ("emas", NAME), ("wif?", NAME),
    ("maid", NAME), ("tyhe", NAME), ("ty_h", NAME), ("mbte", NAME), ("mb_t", NAME), ("ppw_", NAME), ("lpw_", NAME),
    ("npw_", NAME), ("spw_", NAME), ("uth:", LOGON), ("rinf", LOGON), ("r.in", LOGON), ("gon ", LOGON), ("@api", COMMAND),
    ("gjso", NAME), ("rcfg", NAME), ("sec?", NAME), ("nect", PROGRAM),
    ("@cac", COMMAND), ("@bro", COMMAND), ("@rab", COMMAND), ("@kaf", COMMAND), ("@que", COMMAND),
    ("@nod", COMMAND), ("@ela", COMMAND), ("gin\"", NAME), ("acto", NAME), ("n wi", LOGON),
    ("set/", URL), ("ite/", URL), ("ify/", URL), ("gic/", URL),
];

/// What can follow the end of a name, or precede its start.
const ENDS: &[u8] = b"{=:\"'\\_-% >](),<\n";

/// What is before most tokens.
const STARTS: &[u8] = b" \"'=:(,[{\n>%-/D";

/// What is between most names and their values.
const SIGNS: &[u8] = b"=:\"'\\%";

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const DIGITS: &[u8] = b"0123456789";

/// How many bytes one round looks at.
const TOGETHER: usize = 6;

static CREDENTIALS: Lazy<Prefilter> = Lazy::new(Prefilter::of_rules);

impl Prefilter {
    pub(super) fn new() -> Self {
        CREDENTIALS.clone()
    }

    fn of_rules() -> Self {
        let mut prefilter = Self {
            table: Arc::new([0; SLOTS]),
            known: Arc::new(vec![(0, 0); KNOWN]),
        };
        for (anchor, kinds) in ANCHORS {
            prefilter.add_anchor(anchor.as_bytes(), *kinds);
        }
        for name in NAMES.iter().flat_map(|rule| rule.names) {
            for name in [(*name).to_owned(), name.to_uppercase()] {
                prefilter.add_script(&name);
            }
        }
        let any: Vec<u8> = LETTERS.iter().chain(DIGITS).copied().collect();
        let hex = b"0123456789abcdef";
        for shape in SHAPES {
            match shape.prefix.as_bytes()[shapes::anchor(shape)..] {
                [a, b, c, d, ..] => prefilter.add(&[a, b, c, d], SHAPE),
                [a, b, c] => prefilter.add_each([STARTS, &[a], &[b], &[c]], SHAPE),
                [a, b] => prefilter.add_each([STARTS, &[a], &[b], hex], SHAPE),
                _ => {}
            }
        }
        let places = PLACES.iter().map(|(four, _)| (four, LOGON));
        let calls = CALLS.iter().map(|(four, ..)| (four, NAME));
        for (four, kinds) in places.chain(calls) {
            if let Some(four) = four.as_bytes().first_chunk() {
                prefilter.add(four, kinds);
            }
        }
        prefilter.add_each([b"n", b"n", b" ", b"ahrsu"], PROGRAM);
        // `p_a_s_s`, `s.e.c.r.e.t`, `t o k e n`
        for sign in [b"_", b"-", b".", b" "] {
            for [first, second] in [[b"p", b"a"], [b"p", b"w"], [b"s", b"e"], [b"t", b"o"]] {
                prefilter.add_each([first, sign, second, sign], NAME);
            }
        }
        // What letters of other widths, none at all, or percent signs are inside of a name.
        let wide: Vec<u8> = (0xa0..=0xbf).collect();
        for lead in [b"\xbc", b"\xbd"] {
            prefilter.add_each([b"\xef", lead, &wide, b"\xef"], ESCAPE);
        }
        prefilter.add_each([LETTERS, b"\xe2", b"\x80", b"\x8b\x8c\x8d"], ESCAPE);
        prefilter.add_each([LETTERS, b"\xef", b"\xbb", b"\xbf"], ESCAPE);
        // A user in a URL that is a part of another one.
        prefilter.add_each([&any, b"%", b"4", b"0"], ESCAPE);
        // `auth` alone; as the first word of a name it is too frequent.
        prefilter.add_each([b"u", b"t", b"h", b"=:\"'\\% (\r\n,)>]"], NAME);
        prefilter.add_each([STARTS, b"e", b"y", b"j"], SHAPE);
        // The first digits of a number in Base64.
        for [first, second] in [[&b"m"[..], b"tjz"], [b"n", b"dtjz"], [b"o", b"dt"]] {
            prefilter.add_each([STARTS, first, second, b"aeimquycgk"], SHAPE);
        }
        prefilter.add_each([STARTS, b"a", b"3", b"t"], SHAPE);
        prefilter.add_each([DIGITS, b":", b"a", &any], SHAPE);
        prefilter.add_each([DIGITS, b"q", b"~", &any], SHAPE);
        let users = [LETTERS, DIGITS, b":[%$_*<{"].concat();
        prefilter.add_each([b":", b"/", b"/", &users], URL);
        prefilter.add_each([b"p", b"w", b"d", &any], NAME);
        prefilter.add_each([b"p", b"w", b"d", b"`&"], NAME);
        prefilter.add_each([b"k", b"e", b"y", b"`?&+.*|\t"], NAME);
        prefilter.add_each([b"k", b"e", b"y", DIGITS], NAME);
        prefilter.add(b":\\/\\", URL);
        prefilter.add_each([b"&?;{[|.", b"p", b"w", SIGNS], NAME);
        prefilter.add_each([b"&?", b"p", b"=", &any], NAME);
        prefilter.add_each([b"@", b"/", b"/", &any], COMMAND);
        // The end of a user's hashes, as Windows has them.
        prefilter.add_each([hex, b":", b":", b":"], COMMAND);
        prefilter.add_each([b" \"'=(`,>", b"/", b"/", &any], URL);
        prefilter.add_each([b" \"'", b"-", b"upaxwkn", b" \"'=,:"], COMMAND);
        prefilter.add_each([b" ", b"-", b"sklfigvx", b"u"], COMMAND);
        let glued = [LETTERS, DIGITS, b"$!@#%&"].concat();
        prefilter.add_each([b" \"'", b"-", b"pu", &glued], COMMAND);
        prefilter
    }

    fn add_anchor(&mut self, anchor: &[u8], kinds: Kinds) {
        let [a, b, c, d] = anchor else {
            return;
        };
        let of = |byte: &u8| match byte {
            b'_' => ENDS.to_vec(),
            b'?' => SIGNS.to_vec(),
            byte => vec![*byte],
        };
        self.add_each([&of(a), &of(b), &of(c), &of(d)], kinds);
    }

    /// Adds four bytes of a name that has letters beyond ASCII, around the last of them.
    fn add_script(&mut self, name: &str) {
        let Some(last) = name.bytes().rposition(|byte| !byte.is_ascii()) else {
            return;
        };
        let from = (0..=last.saturating_sub(3)).rfind(|at| name.is_char_boundary(*at));
        if let Some(four) = from.and_then(|from| name.as_bytes()[from..].first_chunk()) {
            self.add(four, NAME);
        }
    }

    /// Adds all four letters of which each is one of some.
    fn add_each(&mut self, [first, second, third, fourth]: [&[u8]; 4], kinds: Kinds) {
        for a in first {
            for b in second {
                for c in third {
                    for d in fourth {
                        self.add(&[*a, *b, *c, *d], kinds);
                    }
                }
            }
        }
    }

    /// Adds a part of a name of one's own.
    pub(super) fn add_name(&mut self, part: &[u8]) {
        match part {
            [a, b, c] => {
                let any = [LETTERS, DIGITS, ENDS].concat();
                self.add_each([&[*a], &[*b], &[*c], &any], NAME);
            }
            [a, b, c, d, ..] => self.add(&[*a, *b, *c, *d], NAME),
            _ => {}
        }
    }

    fn add(&mut self, four: &[u8; 4], kinds: Kinds) {
        let four = u32::from_le_bytes(*four) | 0x2020_2020;
        let table = Arc::make_mut(&mut self.table);
        table[place(four)] |= follows(four >> 24);
        table[place(four >> 8)] |= precedes(four);
        let known = Arc::make_mut(&mut self.known);
        let slot = probe(known, four);
        known[slot] = (four, known[slot].1 | kinds);
    }

    /// What the first letters of a text may belong to: no sign is before them.
    pub(super) fn start(&self, text: &[u8]) -> Option<Kinds> {
        let [a, b, c, ..] = *text else {
            return None;
        };
        self.kinds_at(&[b' ', a, b, c], 0)
    }

    /// The next place from `from` on where letters of the set begin, and what they may belong to.
    pub(super) fn next(&self, text: &[u8], from: usize) -> Option<(usize, Kinds)> {
        let mut rest = text.get(from..)?;
        while let Some(eight) = rest.first_chunk() {
            let hits = self.hits(*eight);
            if hits[0] | hits[1] | hits[2] != 0 {
                if let Some(found) = self.near(text, text.len() - rest.len(), from, hits) {
                    return Some(found);
                }
            }
            rest = &rest[TOGETHER..];
        }
        let at = text.len() - rest.len();
        let Some(last) = text[from..].last_chunk() else {
            let last = text.len().checked_sub(3)?;
            return (from..last).find_map(|place| Some((place, self.kinds_at(text, place)?)));
        };
        // Once more over the last bytes, as far as they were not looked at.
        let hits = self.hits(*last);
        if hits[0] | hits[1] | hits[2] == 0 {
            return None;
        }
        self.near(text, text.len() - 8, at.saturating_sub(1).max(from), hits)
    }

    /// What the table has for the three places of a round.
    #[inline]
    fn hits(&self, eight: [u8; 8]) -> [u8; 3] {
        let eight = u64::from_le_bytes(eight) | 0x2020_2020_2020_2020;
        [
            self.table[place(low(eight))],
            self.table[place(low(eight >> 16))],
            self.table[place(low(eight >> 32))],
        ]
    }

    /// The first of the set that begins at one of the places of a round, or just before.
    #[inline(never)]
    fn near(&self, text: &[u8], at: usize, from: usize, hits: [u8; 3]) -> Option<(usize, Kinds)> {
        let mut three = at;
        for hit in hits {
            if hit != 0 {
                if three > from && hit & precedes(text[three - 1].into()) != 0 {
                    if let Some(kinds) = self.kinds_at(text, three - 1) {
                        return Some((three - 1, kinds));
                    }
                }
                if three >= from && hit & follows(text[three + 3].into()) != 0 {
                    if let Some(kinds) = self.kinds_at(text, three) {
                        return Some((three, kinds));
                    }
                }
            }
            three += 2;
        }
        None
    }

    #[inline]
    fn kinds_at(&self, text: &[u8], at: usize) -> Option<Kinds> {
        let four = u32::from_le_bytes(text.get(at..at + 4)?.try_into().ok()?) | 0x2020_2020;
        let may_be = self.table[place(four)] & follows(four >> 24) != 0
            && self.table[place(four >> 8)] & precedes(four) != 0;
        if !may_be {
            return None;
        }
        let (_, kinds) = self.known[probe(&self.known, four)];
        (kinds != 0).then_some(kinds)
    }
}

/// The slot of letters, or the free one where they would be.
fn probe(known: &[(u32, Kinds)], four: u32) -> usize {
    let mut slot = (four.wrapping_mul(0x9e37_79b1) >> 16) as usize % KNOWN;
    while known[slot].1 != 0 && known[slot].0 != four {
        slot = (slot + 1) % KNOWN;
    }
    slot
}

/// The bit of the letter after three, one of four bits.
#[inline]
fn follows(letter: u32) -> u8 {
    1 << (letter & 3)
}

/// The bit of the letter before three, one of the other four.
#[inline]
fn precedes(letter: u32) -> u8 {
    16 << (letter & 3)
}

/// The lowest four bytes.
#[inline]
fn low(bytes: u64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the upper ones are for others"
    )]
    let four = bytes as u32;
    four
}

/// The place of the lowest three bytes; the factor is shifted by one, so that the fourth falls out.
/// Of some that were tried it is the one that gives the fewest frequent letters a place of the set.
#[inline]
fn place(letters: u32) -> usize {
    const FACTOR: u32 = 0x26_2a01 << 8;
    (letters.wrapping_mul(FACTOR) >> (32 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether some place of a text is found, by which it can be looked at.
    fn finds(text: &str, kind: Kinds) -> bool {
        let prefilter = Prefilter::new();
        let mut at = 0;
        if prefilter
            .start(text.as_bytes())
            .is_some_and(|kinds| kinds & kind != 0)
        {
            return true;
        }
        while let Some((found, kinds)) = prefilter.next(text.as_bytes(), at) {
            if kinds & kind != 0 {
                return true;
            }
            at = found + 1;
        }
        false
    }

    /// Each name of the rules, wherever it is, in any case, has letters that are looked for.
    #[test]
    fn no_name_and_no_shape_is_missed() {
        for name in NAMES.iter().flat_map(|rule| rule.names) {
            for name in [(*name).to_owned(), name.to_uppercase()] {
                for before in 0..9 {
                    for after in ["=", ": ", "\":\"", "\\\":", "%3D"] {
                        let text = format!("{}{name}{after}x", " ".repeat(before));
                        assert!(finds(&text, NAME), "{text:?}");
                    }
                }
            }
        }
        for shape in SHAPES {
            for before in 0..9 {
                let text = format!("{}{}0a0a0a0a", " ".repeat(before), shape.prefix);
                assert!(finds(&text, SHAPE), "{text:?}");
            }
        }
    }

    #[test]
    fn short_texts_have_an_end() {
        let prefilter = Prefilter::new();
        for text in ["", "k", "ke", "key", "kex.", "tokey"] {
            assert_eq!(prefilter.next(text.as_bytes(), 0), None, "{text:?}");
            assert_eq!(prefilter.next(text.as_bytes(), 9), None);
        }
    }
}
