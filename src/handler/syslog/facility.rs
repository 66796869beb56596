//! What kind of program logs, as syslog sees it: [`SysLogFacility`].

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::text::near::suggest;

macro_rules! facilities {
    ($($(#[$default:ident])? $variant:ident = $number:literal, $name:literal, $doc:literal;)*) => {
        /// What kind of program logs, as syslog sees it. A receiver sorts messages by it.
        ///
        /// It prints as, and parses from, Python's names: `user`, `local0`.
        ///
        /// # Python
        /// The `LOG_…` constants and `facility_names` of `logging.handlers.SysLogHandler`.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum SysLogFacility {
            $($(#[$default])? #[doc = $doc] $variant = $number,)*
        }

        impl SysLogFacility {
            /// All of them, by number.
            pub(crate) const ALL: [Self; 24] = [$(Self::$variant),*];

            /// Returns its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

facilities! {
    Kern = 0, "kern", "The kernel.";
    #[default] User = 1, "user", "Programs of users; the default.";
    Mail = 2, "mail", "The mail system.";
    Daemon = 3, "daemon", "Services of the system.";
    Auth = 4, "auth", "Security and authorization.";
    Syslog = 5, "syslog", "The syslog daemon itself.";
    Lpr = 6, "lpr", "Printers.";
    News = 7, "news", "Network news.";
    Uucp = 8, "uucp", "UUCP.";
    Cron = 9, "cron", "The clock daemon.";
    Authpriv = 10, "authpriv", "Security and authorization, not public.";
    Ftp = 11, "ftp", "The FTP daemon.";
    Ntp = 12, "ntp", "NTP.";
    Security = 13, "security", "Log audit.";
    Console = 14, "console", "Log alert.";
    SolarisCron = 15, "solaris-cron", "The scheduling daemon of Solaris.";
    Local0 = 16, "local0", "For local use.";
    Local1 = 17, "local1", "For local use.";
    Local2 = 18, "local2", "For local use.";
    Local3 = 19, "local3", "For local use.";
    Local4 = 20, "local4", "For local use.";
    Local5 = 21, "local5", "For local use.";
    Local6 = 22, "local6", "For local use.";
    Local7 = 23, "local7", "For local use.";
}

impl SysLogFacility {
    /// Returns its number, 0 to 23.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }
}

impl TryFrom<u8> for SysLogFacility {
    type Error = Error;

    /// Returns the facility of a number.
    ///
    /// # Errors
    /// Where it is above 23.
    fn try_from(number: u8) -> Result<Self, Error> {
        let found = Self::ALL.get(usize::from(number)).copied();
        found.ok_or_else(|| {
            let message = format!("expected a facility from 0 to 23, found {number}");
            Error::new(ErrorKind::InvalidConfig, message)
        })
    }
}

impl FromStr for SysLogFacility {
    type Err = Error;

    /// Reads a name, in any case.
    ///
    /// # Errors
    /// Where no facility has it.
    fn from_str(name: &str) -> Result<Self, Error> {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|facility| facility.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let near = suggest(name, Self::ALL.iter().map(|facility| facility.name()));
            let near = near.map(|near| format!("; did you mean {near:?}?"));
            let message = format!("unknown facility {name:?}{}", near.unwrap_or_default());
            Error::new(ErrorKind::InvalidConfig, message)
        })
    }
}

impl fmt::Display for SysLogFacility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_number_and_a_name() {
        for (number, facility) in (0..).zip(SysLogFacility::ALL) {
            assert_eq!(facility.number(), number);
            assert_eq!(SysLogFacility::try_from(number).unwrap(), facility);
            assert_eq!(facility.name().parse::<SysLogFacility>().unwrap(), facility);
        }
        assert!(SysLogFacility::try_from(24).is_err());
        assert_eq!(SysLogFacility::default(), SysLogFacility::User);
        assert_eq!("LOCAL7".parse::<SysLogFacility>().unwrap().number(), 23);
        let error = "deamon".parse::<SysLogFacility>().unwrap_err();
        assert!(error.to_string().contains("\"daemon\""), "{error}");
    }
}
