//! Which known word was meant: [`suggest`].

/// The known word nearest to a word, if one is near.
pub(crate) fn suggest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    /// A longer word is no slip of one of these, and comparing takes long.
    const LONGEST: usize = 100;
    /// Words less alike than that are others, by Jaro and Winkler.
    const ALIKE: f64 = 0.8;
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let likeness = |known: &str| {
        let lower = known.to_lowercase();
        // `StreamHandler` for `logging.StreamHandler`.
        let is_end = lower
            .strip_suffix(&*word)
            .is_some_and(|rest| rest.ends_with('.'));
        if is_end {
            1.0
        } else {
            strsim::jaro_winkler(&word, &lower)
        }
    };
    let near = known
        .into_iter()
        .filter(|known| known.len() <= LONGEST)
        .map(|known| (likeness(known), known))
        .filter(|(likeness, _)| *likeness >= ALIKE);
    near.max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}
