//! What no error may show: [`Secrets`].

/// Credentials and tokens, which a receiver may repeat in what it sends back.
#[derive(Clone, Default)]
pub(in crate::handler) struct Secrets {
    hidden: Vec<String>,
}

impl Secrets {
    pub(in crate::handler) fn add(&mut self, secret: impl Into<String>) {
        /// Shorter ones are parts of ordinary words.
        const SHORTEST: usize = 4;
        let secret = secret.into();
        if secret.len() >= SHORTEST {
            self.hidden.push(secret);
            // One that holds another one first.
            self.hidden
                .sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        }
    }

    /// Returns a text without them.
    pub(in crate::handler) fn hide(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.hidden {
            text = text.replace(secret.as_str(), "***");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_none_of_them() {
        let mut secrets = Secrets::default();
        for secret in ["pass", "password1", "abc", ""] {
            secrets.add(secret);
        }
        let hidden = secrets.hide("password1 pass passport abc");
        assert_eq!(hidden, "*** *** ***port abc");
    }
}
