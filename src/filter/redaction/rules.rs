//! The rule table: the names that have secret values, the words around them that rule a secret out,
//! and the shapes of tokens.
//!
//! Everything that depends on judgment or on the outside world is here; the other files know the
//! syntax of strings. `tests/it/redaction/` holds the corpus of what must go and what must stay.

use crate::filter::redaction::class::SecretClass::{
    self, AccessKeyId, Authorization, Cookie, EncryptionKey, Password, SecretKey, Signature, Token,
};

/// What a value has to look like to be hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Anything that is not plainly something else.
    Any,
    /// Something that is no plain word and no short number: the name has other meanings.
    Random,
    /// Anything after a sure separator; in a sentence something that looks like a secret. The name
    /// counts what passed as well.
    Short,
    /// A few digits, or something that looks like a secret.
    Digits,
    /// The same with more digits: the name has codes of errors, years and the like as well.
    Code,
    /// Something that is too long, and too mixed, for anything else.
    Long,
    /// The same in a query, and what is plainly Base64 elsewhere: the name has other meanings.
    Query,
    /// A key written out, or the words of a wallet's: the name mostly has other values.
    Material,
}

/// How a name has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// With these letters: `password` fits `MasterUserPassword`.
    End,
    /// With this word: `pass` fits `db_pass` and `dbPass`, but not `bypass`.
    Word,
}

/// Names whose values are secret: in lower case, without `_` and `-`.
pub(super) struct Names {
    pub(super) class: SecretClass,
    pub(super) fit: Fit,
    pub(super) need: Need,
    pub(super) names: &'static [&'static str],
}

const fn names(class: SecretClass, fit: Fit, need: Need, names: &'static [&'static str]) -> Names {
    Names {
        class,
        fit,
        need,
        names,
    }
}

/// The first that fits decides.
pub(super) const NAMES: &[Names] = &[
    names(AccessKeyId, Fit::End, Need::Any, &["accesskeyid", "credential"]),
    names(SecretKey, Fit::End, Need::Any, &[
        "secretaccesskey", "accesskey", "secretkey", "secretstring", "secretbinary", "secret",
        "secretkeybase", "accountkey", "sharedkey", "storagekey", "masterkey",
        "signingkey", "seckey", "subscriptionkey", "functionskey", "applicationkey", "appkey", "authkey",
        "hmackey", "jwtkey", "licensekey", "servicekey", "adminkey", "rootkey", "deploykey",
        "ingestkey", "ingestionkey", "instrumentationkey", "integrationkey", "integrationskey",
        "writekey", "unsealkey", "recoverykey", "serverkey", "securitykey", "webhookkey",
        "consumerkey", "isakmpkey", "connectionstring", "codeverifier", "secretvalue", "securevalue", "fastlykey", "authtok", "artapi",
        "mashapekey", "identityheader", "secretproof", "honeycombteam",
        "keystorekey", "truststorekey", "dockerconfigjson", "dockercfg", "unlockkey",
    ]),
    names(EncryptionKey, Fit::End, Need::Any, &[
        "privatekey", "customerkey", "encryptionkey", "encryptkey", "cryptkey", "cryptokey",
        "cipherkey", "decryptionkey", "aeskey", "datakey", "sshkey", "rsakey", "wrappingkey",
        "presharedkey", "networkkey", "nwkskey", "appskey", "plaintext", "mnemonic", "seedphrase", "recoveryphrase",
        "keymaterial", "privkey", "clientkeydata", "symmetrickey", "fernetkey", "totpseed", "otpseed", "walletseed",
        "masterseed", "hdseed", "encryptionprimarykey", "encryptiondeterministickey",
    ]),
    names(EncryptionKey, Fit::Word, Need::Random, &["linkkey", "wif", "pepper"]),
    names(EncryptionKey, Fit::Word, Need::Material, &["seed", "priv", "premaster", "routingkey"]),
    names(Token, Fit::End, Need::Random, &["inputtoken"]),
    names(Password, Fit::End, Need::Digits, &[
        "onetimepassword", "onetimepasscode", "yourcode", "accesscode", "activationcode", "unlockcode",
        "logincode", "authenticationcode", "confirmationcode",
        "otptoken", "mfatoken", "2fatoken", "totptoken",
    ]),
    names(Token, Fit::End, Need::Any, &["token", "apikey", "jwt", "bearer", "idtokenhint"]),
    names(Token, Fit::Word, Need::Random, &[
        "session", "sessionid", "sessid", "sessionkey", "sessionhash", "sid", "phpsessid",
        "jsessionid", "aspsessionid", "connectsid", "userauth", "aspxauth", "auth", "xauth", "basicauth",
        "pat", "csrf", "xsrf", "basic", "assertion", "samlresponse", "authcode", "authorizationcode",
        "nkey", "remember", "rememberme", "tkn", "tok", "apitok", "authn", "crumb", "castgc", "samlart",
    ]),
    names(SecretKey, Fit::Word, Need::Random, &["credentials", "creds", "cred", "secretid", "community", "sas", "skey", "ikey"]),
    names(Password, Fit::End, Need::Any, &[
        "password", "ssword", "passwd", "pasword", "paswd", "passw0rd", "passphrase", "passcode", "pwd", "passwort", "motdepasse",
        "userpass", "dbpass", "smtppass", "mailpass", "mysqlpass", "adminpass", "rootpass", "passphr",
        "sshpass", "ftppass", "authpass", "keypass", "storepass", "requirepass", "masterauth",
        "bindpw", "rootpw", "userpw", "dbpw", "passw", "psswd", "passwrd", "ldappass",
        "proxypass", "redispass", "pgpass", "bindpass", "passkey", "securityanswer", "secretanswer",
        "recoverycode", "backupcode", "psk", "wifikey", "wlankey", "wpakey", "wpa2key", "wepkey", "passhash", "pwhash", "pwdhash", "seedword", "communitystring", "maidenname",
    ]),
    // In other languages, with their marks and without.
    names(Password, Fit::End, Need::Any, &[
        "kennwort", "wachtwoord", "contraseña", "contrasena", "contrasenya", "senha", "palavrapasse",
        "lösenord", "losenord", "passord", "adgangskode", "kodeord", "salasana", "hasło", "haslo",
        "heslo", "geslo", "jelszó", "jelszo", "şifre", "sifre", "parola", "parolă", "parool",
        "lozinka", "zaporka", "mậtkhẩu", "matkhau", "katasandi", "slaptažodis", "пароль", "пароля",
        "паролем", "парола", "лозинка", "κωδικός", "κωδικοςπροσβασης", "κωδικόςπρόσβασης", "סיסמה",
        "סיסמא", "كلمةالمرور", "كلمةالسر", "پسورد", "رمزعبور", "पासवर्ड", "รหัสผ่าน", "密码", "密碼", "口令",
        "パスワード", "暗証番号", "비밀번호", "암호", "패스워드",
    ]),
    names(SecretKey, Fit::End, Need::Any, &[
        "clésecrète", "clesecrete", "密钥", "密鑰", "秘钥", "秘密鍵", "クライアントシークレット", "비밀키", "секрет", "geheimnis",
    ]),
    names(Token, Fit::End, Need::Any, &["токен", "令牌", "トークン", "토큰"]),
    names(Password, Fit::End, Need::Short, &["pass"]),
    names(Password, Fit::Word, Need::Short, &["pw", "psw", "mdp", "geheim", "pswd", "pword", "pwrd"]),
    names(SecretKey, Fit::Word, Need::Random, &["clave", "clavesecreta"]),
    names(Password, Fit::Word, Need::Digits, &[
        "pin", "pincode", "otp", "otpcode", "totp", "cvv", "cvv2", "cvc", "mfacode", "totpcode",
        "verificationcode", "securitycode", "onetimecode", "smscode", "puk", "2facode", "tfacode",
        "signincode", "pairingcode", "factorcode", "devicepin", "pinnumber",
    ]),
    names(Password, Fit::Word, Need::Code, &["resetcode", "emailcode", "invitecode", "invitationcode"]),
    names(Token, Fit::Word, Need::Long, &["code", "ticket", "encrypt", "sec"]),
    names(Token, Fit::Word, Need::Query, &["key", "appid"]),
    names(Password, Fit::End, Need::Random, &["passwordmessage"]),
    names(Authorization, Fit::End, Need::Any, &["authorization"]),
    names(Cookie, Fit::End, Need::Any, &["cookie"]),
    names(Signature, Fit::End, Need::Any, &["signature"]),
    names(Signature, Fit::Word, Need::Random, &["sig", "hmac"]),
];

/// What may stand after a name: `password_confirmation`, `token_value`, `secrets`.
pub(super) const AFTER: &[&str] = &[
    "confirmation", "confirm", "again", "repeat", "value", "val", "text", "string", "str", "raw",
    "old", "new", "current", "previous", "base64", "b64", "field", "input", "plain", "clear", "encrypted",
    "env", "encoded", "hex", "bytes", "primary", "secondary", "pem", "header", "param", "arg",
    "data", "ascii", "为", "是", "は",
];

/// Words of a name that say what its value is although others follow: `password_db`.
pub(super) const INNER: &[(&str, SecretClass)] = &[
    ("password", Password), ("passwd", Password), ("pwd", Password), ("senha", Password),
    ("contraseña", Password), ("secret", SecretKey), ("secrets", SecretKey), ("token", Token), ("apikey", Token),
    ("dbpass", Password), ("opsession", Token),
];

/// Words before `key` that say that it opens something: `stripe_key`.
pub(super) const KEEPERS: &[&str] = &[
    "db", "database", "client", "azure", "gcp", "google", "openai", "anthropic", "gemini", "mistral", "cohere",
    "groq", "huggingface", "stripe", "paypal", "braintree", "adyen", "twilio", "sendgrid", "mailgun", "mailchimp",
    "postmark", "sparkpost", "mandrill", "algolia", "datadog", "newrelic", "rollbar", "bugsnag", "sentry",
    "pagerduty", "opsgenie", "firebase", "fcm", "apns", "heroku", "cloudflare", "digitalocean", "linode", "github",
    "gitlab", "jfrog", "artifactory", "nuget", "rubygems", "npm", "pypi", "saml", "okta", "auth0", "hubspot",
    "salesforce", "zendesk", "intercom", "mixpanel", "amplitude", "shopify", "plaid", "coinbase", "binance",
    "airtable", "notion", "trello", "dropbox", "mapbox", "maps", "giphy", "youtube", "cloudinary", "launchdarkly",
    "honeycomb", "grafana", "sdk", "pinecone", "qdrant", "supabase", "contentful", "deepl",
];

/// Last words of names that say something about a secret, and what a map of secrets has beside
/// them.
pub(super) const ABOUT: &[&str] = &[
    "length", "len", "min", "max", "count", "limit", "size", "ttl", "age", "days", "hours",
    "minutes", "seconds", "secs", "ms", "policy", "rule", "rules", "enabled", "disabled", "file",
    "path", "dir", "name", "names", "id", "ids", "url", "uri", "type", "kind", "version", "ref",
    "arn", "endpoint", "format", "status", "state", "error", "errors", "message", "msg", "reason",
    "required", "expiry", "expires", "expiration", "expired", "at", "attempts", "retries",
    "rotation", "rotate", "provider", "engine", "backend", "algorithm", "alg", "encoding",
    "prefix", "suffix", "hint", "label", "description", "scope", "scopes", "environment",
    "external", "lifetime", "duration", "timeout", "domain", "template", "regex", "pattern",
    "accessor",
];

/// Last words of names that are about a secret, but name secrets where such a map has them.
pub(super) const TOPICS: &[&str] = &[
    "in", "on", "by", "for", "from", "to", "budget", "usage", "used", "rate", "level", "strength",
    "score", "history", "reset", "manager", "service", "store", "class", "charset", "title", "note",
    "issuer", "audience", "certhash", "fingerprint", "thumbprint", "owner", "user", "host", "port", "region", "location", "source",
    "namespace", "mode", "index", "position", "offset", "date", "time", "timestamp", "created",
    "updated", "changed", "modified", "verified", "set", "valid", "validity", "is", "has", "helper",
    "command", "cmd", "script", "test", "event", "handler", "filter", "parser", "stream",
    "validator", "generator", "factory", "client", "server", "request", "response", "result",
    "exception", "bucket", "pool", "cache", "queue", "list", "table", "column", "schema", "model", "method",
    "function", "module", "package", "hasher", "hashers",
];

/// Names that end like secrets and are none: they page through lists, distinguish requests, or are
/// words of a grammar.
pub(super) const OPEN: &[&str] = &[
    "nexttoken", "forwardtoken", "backwardtoken", "continuationtoken", "clienttoken",
    "clientrequesttoken", "idempotencytoken", "paginationtoken", "pagetoken", "startingtoken",
    "sequencetoken", "synctoken", "resumetoken", "locktoken", "cancellationtoken", "canceltoken", "skiptoken", "deltatoken", "scrolltoken",
    "changetoken", "cursortoken", "statustoken", "consistencytoken", "starttoken", "endtoken",
    "stoptoken", "padtoken", "eostoken", "bostoken", "unktoken", "clstoken", "septoken",
    "masktoken", "specialtoken", "newtoken", "designtoken", "maxtoken", "mintoken", "numtoken",
    "totaltoken", "prompttoken", "completiontoken", "outputtoken", "pertoken",
    "lasttoken", "firsttoken", "currenttoken", "previoustoken", "unexpectedtoken", "nextcookie",
    "promptpassword", "askpassword", "usepassword", "haspassword", "requirepassword",
    "nopassword", "hastoken", "usetoken", "notoken", "hassecret", "isbearer",
    "cookieaccept", "loadcredential", "existingsecret", "websocketkey", "publickey", "idempotencykey", "cachekey", "primarykey", "foreignkey", "partitionkey",
    "sortkey", "hashkey", "rangekey", "objectkey", "s3key", "filekey", "rowkey", "indexkey",
    "messagekey", "shardkey", "groupkey", "hostkey", "lookupkey", "registrykey", "itemkey", "dedupkey",
    "translationkey", "requestkey", "orderkey", "surrogatekey", "bypass", "compass", "trespass", "surpass", "encompass",
    "overpass", "underpass", "lowpass", "highpass", "bandpass", "allpass", "multipass", "prepass",
];

/// Which letters a token goes on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Letters and digits.
    Alnum,
    /// Hexadecimal digits.
    Hex,
    /// Letters, digits, `_` and `-`.
    Word,
    /// Letters, digits, `_`, `-`, `.` and `=`.
    Dotted,
    /// Letters, digits, `+`, `/`, `=`, `_` and `-`.
    Base64,
    /// Capitals and digits.
    Upper,
    /// Letters, digits, `.`, `/`, `$`, `+`, `=` and `,`.
    Crypt,
}

/// A token: how it starts, what follows, and at least and at most how much of it.
pub(super) struct Shape {
    pub(super) prefix: &'static str,
    pub(super) alphabet: Alphabet,
    pub(super) least: usize,
    pub(super) most: usize,
}

const fn shape(prefix: &'static str, alphabet: Alphabet, least: usize, most: usize) -> Shape {
    Shape {
        prefix,
        alphabet,
        least,
        most,
    }
}

const ANY: usize = 4096;

use Alphabet::{Alnum, Base64, Crypt, Dotted, Hex, Upper, Word};

/// The tokens that vendors mark, by what they and the public lists of secret scanners say. Where a
/// prefix is long enough to be no accident, less is asked of the rest than the vendor issues.
pub(super) const SHAPES: &[Shape] = &[
    // GitHub, GitLab, Bitbucket, Atlassian
    shape("ghp_", Alnum, 10, ANY), shape("gho_", Alnum, 10, ANY), shape("ghu_", Alnum, 10, ANY),
    shape("ghs_", Word, 10, ANY), shape("ghr_", Alnum, 10, ANY),
    shape("github_pat_", Word, 20, ANY), shape("glpat-", Dotted, 20, ANY),
    shape("gldt-", Word, 20, ANY), shape("glrt-", Dotted, 20, ANY),
    shape("glrtr-", Word, 20, ANY), shape("glptt-", Hex, 40, ANY), shape("glft-", Word, 20, ANY),
    shape("glsoat-", Word, 20, ANY), shape("glcbt-", Word, 20, ANY),
    shape("glimt-", Word, 20, ANY), shape("glagent-", Word, 40, ANY),
    shape("gloas-", Word, 40, ANY), shape("glffct-", Word, 20, ANY),
    shape("GR1348941", Word, 20, ANY), shape("ATATT3", Dotted, 100, ANY),
    shape("ATBB", Alnum, 28, 60), shape("ATCTT3", Dotted, 100, ANY),
    shape("BBDC-", Base64, 40, ANY),
    // Payments
    shape("sk_live_", Alnum, 10, ANY), shape("sk_test_", Alnum, 10, ANY),
    shape("sk_prod_", Alnum, 10, ANY), shape("rk_live_", Alnum, 10, ANY),
    shape("rk_test_", Alnum, 10, ANY), shape("rk_prod_", Alnum, 10, ANY),
    shape("whsec_", Base64, 20, ANY), shape("sq0atp-", Word, 22, ANY),
    shape("sq0csp-", Word, 22, ANY), shape("sq0idp-", Word, 22, ANY),
    shape("EAAA", Word, 56, ANY), shape("EAAC", Alnum, 80, ANY), shape("EAAM", Alnum, 80, ANY),
    shape("EAAG", Alnum, 80, ANY), shape("access_token$production$", Alnum, 16, ANY),
    shape("access_token$sandbox$", Alnum, 16, ANY), shape("FLWSECK", Word, 12, ANY),
    shape("shpat_", Hex, 32, ANY), shape("shpca_", Hex, 32, ANY), shape("shppa_", Hex, 32, ANY),
    shape("shpss_", Hex, 32, ANY), shape("shpua_", Hex, 32, ANY),
    shape("duffel_live_", Dotted, 20, ANY), shape("duffel_test_", Dotted, 20, ANY),
    shape("shippo_live_", Hex, 30, ANY), shape("shippo_test_", Hex, 30, ANY),
    shape("EZAK", Alnum, 54, ANY), shape("EZTK", Alnum, 54, ANY),
    shape("live_pub", Alnum, 40, ANY), shape("pk.eyJ", Dotted, 40, ANY),
    shape("sk.eyJ", Dotted, 40, ANY), shape("rzp_live_", Alnum, 14, ANY),
    shape("rzp_test_", Alnum, 14, ANY), shape("plaid-", Word, 30, ANY),
    // Chat and mail
    shape("xoxb-", Word, 10, ANY), shape("xoxa-", Word, 10, ANY), shape("xoxp-", Word, 10, ANY),
    shape("xoxr-", Word, 10, ANY), shape("xoxs-", Word, 10, ANY), shape("xoxo-", Word, 10, ANY),
    shape("xoxc-", Word, 10, ANY), shape("xoxd-", Base64, 10, ANY), shape("xoxe-", Word, 10, ANY),
    shape("xoxe.", Dotted, 10, ANY), shape("xapp-", Word, 10, ANY), shape("xwfp-", Word, 10, ANY),
    shape("SG.", Dotted, 40, ANY), shape("xkeysib-", Word, 40, ANY),
    shape("xsmtpsib-", Word, 40, ANY), shape("key-", Alnum, 32, 32), shape("mlsn.", Hex, 40, ANY),
    shape("SK", Hex, 32, 32), shape("AC", Hex, 32, 32),
    // Clouds and hosts
    shape("AIza", Word, 35, 35), shape("ya29.", Dotted, 10, ANY), shape("GOCSPX-", Word, 28, ANY),
    shape("1//0", Word, 30, ANY), shape("4/0A", Word, 10, ANY), shape("GOOG1E", Upper, 55, 61), shape("GOOG", Upper, 20, 61),
    shape("LTAI", Alnum, 12, 30), shape("AKID", Alnum, 32, 40), shape("ABSK", Base64, 40, ANY),
    shape("bedrock-api-key-", Base64, 20, ANY), shape("dop_v1_", Hex, 40, ANY),
    shape("doo_v1_", Hex, 40, ANY), shape("dor_v1_", Hex, 40, ANY), shape("HRKU-", Word, 30, ANY),
    shape("fo1_", Word, 40, ANY), shape("fm1a_", Base64, 40, ANY),
    shape("fm1r_", Base64, 40, ANY), shape("fm2_", Base64, 40, ANY),
    shape("FlyV1 fm2_", Base64, 40, ANY), shape("nfp_", Alnum, 30, ANY),
    shape("vercel_", Alnum, 20, ANY), shape("vcp_", Word, 40, ANY), shape("sbp_", Hex, 40, ANY),
    shape("sb_secret_", Word, 20, ANY), shape("rnd_", Alnum, 24, 40),
    shape("scw_", Alnum, 30, ANY), shape("v1.0-", Word, 100, ANY), shape("cfat_", Word, 30, ANY),
    shape("cfut_", Word, 30, ANY), shape("pscale_tkn_", Dotted, 30, ANY),
    shape("pscale_pw_", Dotted, 30, ANY), shape("pscale_oauth_", Dotted, 30, ANY),
    shape("AVNS_", Word, 15, ANY), shape("aivenv1", Base64, 30, ANY),
    shape("s-s4t2ud-", Hex, 40, ANY), shape("s-s4t2af-", Hex, 40, ANY),
    shape("4b1d", Alnum, 38, 38), shape("sha256~", Word, 43, 43), shape("API-", Upper, 26, 40),
    shape("cs_live_", Alnum, 20, ANY), shape("mob-", Word, 36, 36),
    // Packages and builds
    shape("npm_", Alnum, 36, ANY), shape("pypi-", Word, 40, ANY),
    shape("rubygems_", Hex, 48, ANY), shape("CLOJARS_", Alnum, 60, ANY),
    shape("dckr_pat_", Word, 20, ANY), shape("dckr_oat_", Word, 20, ANY),
    shape("AKCp", Alnum, 60, ANY), shape("cmVmd", Alnum, 55, ANY),
    shape("cio", Alnum, 32, 32), shape("pul-", Hex, 40, 40), shape("tfe.", Dotted, 40, ANY),
    shape("atlasv1.", Dotted, 40, ANY), shape("CCIPAT_", Word, 40, ANY),
    shape("CCIPRJ_", Word, 40, ANY), shape("bkua_", Hex, 40, ANY), shape("squ_", Hex, 40, 40),
    shape("sqp_", Hex, 40, 40), shape("sqa_", Hex, 40, 40), shape("sgp_", Word, 40, ANY),
    shape("snyk_", Word, 30, ANY),
    // Secrets, keys, monitoring
    shape("hvs.", Word, 16, ANY), shape("hvb.", Word, 16, ANY), shape("hvr.", Word, 16, ANY),
    shape("A3-", Word, 30, 45), shape("xprv", Alnum, 100, 120), shape("yprv", Alnum, 100, 120), shape("zprv", Alnum, 100, 120),
    shape("tprv", Alnum, 100, 120), shape("TlRMTVNTUA", Base64, 16, ANY), shape("YII", Base64, 28, ANY),
    shape("dp.pt.", Alnum, 40, ANY), shape("dp.st.", Dotted, 40, ANY),
    shape("dp.ct.", Alnum, 40, ANY), shape("dp.sa.", Alnum, 40, ANY),
    shape("ops_eyJ", Base64, 100, ANY), shape("AGE-SECRET-KEY-1", Upper, 40, ANY),
    shape("AGE-PLUGIN-", Word, 40, ANY), shape("tskey-", Word, 16, ANY),
    shape("NRAK-", Alnum, 27, ANY), shape("NRJS-", Alnum, 19, ANY), shape("NRII-", Word, 30, ANY),
    shape("NRRA-", Alnum, 40, ANY), shape("glsa_", Word, 40, ANY), shape("glc_", Base64, 32, ANY),
    shape("eyJrIjoi", Base64, 60, ANY), shape("sntrys_", Base64, 40, ANY),
    shape("sntryu_", Hex, 60, ANY), shape("dt0c01.", Dotted, 60, ANY),
    shape("dt0s01.", Dotted, 60, ANY), shape("phc_", Alnum, 40, ANY),
    shape("phx_", Alnum, 40, ANY), shape("hcaik_", Alnum, 40, ANY),
    shape("lsv2_pt_", Word, 32, ANY), shape("lsv2_sk_", Word, 32, ANY),
    // Private keys in DER: of RSA, of elliptic curves, and in a wrapper of any kind
    shape("MIIEpAIBAAK", Base64, 40, ANY), shape("MIIEowIBAAK", Base64, 40, ANY),
    shape("MIIEogIBAAK", Base64, 40, ANY), shape("MIIJKAIBAAK", Base64, 40, ANY),
    shape("MIIJKQIBAAK", Base64, 40, ANY), shape("MIIEvQIBADANB", Base64, 40, ANY),
    shape("MIIEvgIBADANB", Base64, 40, ANY), shape("MIIEvAIBADANB", Base64, 40, ANY),
    shape("MIIJQgIBADANB", Base64, 40, ANY), shape("MIIJQwIBADANB", Base64, 40, ANY),
    shape("MHcCAQEE", Base64, 40, ANY), shape("MIGHAgEAM", Base64, 40, ANY),
    shape("MC4CAQAwBQYDK2V", Base64, 40, ANY),
    // Private keys in PEM, in Base64 once more
    shape("LS0tLS1CRUdJTiBQUklWQVRF", Base64, 20, ANY),
    shape("LS0tLS1CRUdJTiBSU0EgUFJJVkFUR", Base64, 20, ANY),
    shape("LS0tLS1CRUdJTiBFQyBQUklWQVRF", Base64, 20, ANY),
    shape("LS0tLS1CRUdJTiBPUEVOU1NI", Base64, 20, ANY),
    shape("LS0tLS1CRUdJTiBFTkNSWVBURUQ", Base64, 20, ANY),
    // Hashes of passwords
    shape("{SSHA}", Base64, 20, ANY), shape("{SSHA256}", Base64, 40, ANY),
    shape("{SSHA512}", Base64, 60, ANY), shape("md5", Hex, 32, 32),
    shape("$1$", Crypt, 20, ANY), shape("$apr1$", Crypt, 20, ANY),
    shape("$9$", Crypt, 8, ANY), shape("$8$", Crypt, 20, ANY),
    shape("aad3b435b51404eeaad3b435b51404ee:", Hex, 32, 32), shape("$5$", Crypt, 40, ANY), shape("$6$", Crypt, 40, ANY),
    shape("$y$", Crypt, 40, ANY), shape("$2a$", Crypt, 50, ANY), shape("$2b$", Crypt, 50, ANY),
    shape("$2y$", Crypt, 50, ANY), shape("$argon2", Crypt, 40, ANY),
    shape("pbkdf2_sha256$", Crypt, 40, ANY), shape("pbkdf2:sha256:", Crypt, 40, ANY), shape("scrypt:32768:8:1$", Crypt, 40, ANY),
    // Models
    shape("sk-proj-", Word, 20, ANY), shape("sk-svcacct-", Word, 20, ANY),
    shape("sk-admin-", Word, 20, ANY), shape("sk-ant-", Word, 20, ANY),
    shape("sk-or-", Word, 20, ANY), shape("sk-lf-", Word, 30, ANY), shape("sk-", Alnum, 32, ANY),
    shape("hf_", Alnum, 30, ANY), shape("api_org_", Alnum, 30, ANY),
    shape("gsk_", Alnum, 40, ANY), shape("xai-", Alnum, 60, ANY), shape("pplx-", Alnum, 40, ANY),
    shape("nvapi-", Word, 40, ANY), shape("AQ.Ab", Word, 40, ANY),
    shape("tgp_v1_", Word, 30, ANY), shape("jina_", Word, 40, ANY), shape("tvly-", Word, 20, ANY),
    shape("csk-", Alnum, 40, ANY),
    // Tools
    shape("PMAK-", Word, 40, ANY), shape("lin_api_", Alnum, 30, ANY),
    shape("lin_oauth_", Alnum, 30, ANY), shape("ntn_", Alnum, 40, ANY),
    shape("secret_", Alnum, 43, 43), shape("figd_", Word, 30, ANY),
    shape("figoh_", Word, 30, ANY), shape("dapi", Hex, 32, 32), shape("dose", Hex, 32, 32),
    shape("ico-", Alnum, 32, ANY), shape("rdme_", Alnum, 60, ANY), shape("tk-us-", Word, 40, ANY),
    shape("sm_aat_", Alnum, 16, ANY), shape("sm_pat_", Alnum, 16, ANY),
    shape("sm_sat_", Alnum, 16, ANY), shape("pnu_", Alnum, 36, ANY), shape("p8e-", Alnum, 32, 32),
    shape("fio-u-", Dotted, 60, ANY), shape("cal_live_", Alnum, 30, ANY),
    shape("tfp_", Word, 50, ANY), shape("xau_", Alnum, 60, ANY), shape("pat-na1-", Word, 36, 36),
    shape("pat-eu1-", Word, 36, 36), shape("ubdc_", Word, 40, ANY),
    shape("dG9rO", Base64, 40, 70), shape("bot_", Alnum, 40, ANY), shape("EAAAE", Word, 50, ANY),
    shape("ddp_", Alnum, 36, ANY), shape("lip_", Word, 40, ANY),
    shape("apify_api_", Alnum, 30, ANY), shape("zpka_", Word, 40, ANY),
    shape("rpa_", Alnum, 40, ANY), shape("wandb_v1_", Word, 40, ANY),
    shape("postman-", Word, 60, ANY), shape("aio_", Alnum, 28, 28), shape("CFPAT-", Word, 43, ANY),
    shape("dnkey-", Word, 60, ANY), shape("AQVN", Word, 35, 40), shape("r8_", Alnum, 32, 40),
    shape("access-production-", Word, 36, 36), shape("access-sandbox-", Word, 36, 36),
    shape("oauth:", Alnum, 28, 40),
];

/// Where tokens are a part of the path: host, and what the token follows.
pub(super) const WEBHOOKS: &[(&str, &str)] = &[
    ("hooks.slack.com", "/services/"), ("hooks.slack.com", "/workflows/"),
    ("hooks.slack.com", "/triggers/"), ("hooks.slack-gov.com", "/services/"),
    ("discord.com", "/webhooks/"), ("discordapp.com", "/webhooks/"),
    ("webhook.office.com", "/webhookb2/"), ("outlook.office.com", "/webhook/"),
    ("outlook.office365.com", "/webhook/"), ("hooks.zapier.com", "/hooks/catch/"),
    ("maker.ifttt.com", "/key/"), ("api.telegram.org", "/bot"), ("open.feishu.cn", "/hook/"),
    ("open.larksuite.com", "/hook/"), ("hooks.glip.com", "/webhook/"),
    ("events.pagerduty.com", "/integration/"), ("hook.us1.make.com", "/"),
    ("hook.eu1.make.com", "/"), ("hook.integromat.com", "/"), ("hc-ping.com", "/"),
    ("conda.anaconda.org", "/t/"), ("webhooks.mongodb-stitch.com", "/incoming_webhook/"), ("", "/services/t"), ("", "/hooks/"), ("", "/webhooks/"),
    ("", "/incoming-webhook/"),
    // Links that open an account.
    ("", "/reset/"), ("", "/reset-password/"), ("", "/password-reset/"), ("", "/password_reset/"),
    ("", "/activate/"), ("", "/magic/"), ("", "/magic-link/"), ("", "/verify-email/"),
    ("", "/invite/"), ("", "/set-password/"), ("", "/confirm-email/"), ("", "/verify/"),
    ("", "/unsubscribe/"),
];
