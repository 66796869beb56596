//! The table of values that are no secrets, whatever their names are: words that say something
//! about a value, masks, types, sources, mechanisms, algorithms, files, places and units.
//!
//! `plain` and `innocent` know how such values are written.

/// Values that say something about a value and are none.
pub(super) const NOTHING: &[&str] = &[
    "null", "nil", "none", "undefined", "true", "false", "some", "yes", "no", "on", "off", "n/a",
    "na", "unset", "empty", "missing", "required", "optional", "invalid", "valid", "expired",
    "denied", "granted", "ok", "failed", "failure", "success", "succeeded", "incorrect",
    "correct", "wrong", "changed", "unchanged", "updated", "reset", "revoked", "accepted",
    "rejected", "refused", "set", "not", "present", "absent", "provided", "unknown", "default",
    "enabled", "disabled", "found", "used", "using", "generated", "created", "deleted", "removed",
    "rotated", "refreshed", "issued", "verified", "unauthorized", "forbidden", "redacted",
    "hidden", "masked", "filtered", "omitted", "secret", "password", "token", "pending", "loaded",
    "saved", "stored", "skipped", "ignored", "error", "warning", "needed", "mismatch", "blank",
    "active", "inactive", "closed", "open", "opened", "start", "started", "stop", "stopped",
    "ended", "done", "nan", "permission", "must", "cannot", "could", "should", "the", "is", "was",
    "has", "pass", "ready", "unused", "unsupported", "supported", "allowed", "available",
    "unavailable", "malformed", "expires", "expiring", "renewed", "renewing", "no such", "never", "expected", "expecting", "received", "got", "generate", "[]", "{}", "()",
    "always", "auto", "manual", "sensitive", "encrypted", "unlimited", "locked", "unlocked",
    "strong", "weak", "exists", "removed.", "not set", "\\n", "nothing", "void",
    "prompt", "interactive", "stdin", "public", "use", "add", "fix", "support", "rename", "remove",
    "drop", "allow", "make", "move", "replace",
    "value_specified_in_no_log_parameter", "attempt", "attempts", "\\0", "read", "write", "key", "value", "await",
    "all", "any", "amd64", "arm64", "i386", "hashed", "hash", "encoded",
    // In other languages, beside their names.
    "incorrecta", "incorrecto", "inválida", "invalida", "inválido", "requerida", "requerido",
    "obligatoria", "obligatorio", "vacía", "olvidada", "incorreta", "obrigatória", "vazia", "falsch",
    "ungültig", "erforderlich", "vergessen", "geändert", "leer", "abgelaufen", "invalide", "requis",
    "obligatoire", "oublié", "expiré", "vide", "ongeldig", "onjuist", "verplicht", "vereist",
    "felaktigt", "krävs", "fel", "nieprawidłowe", "wymagane", "błędne", "nesprávné", "povinné",
    "geçersiz", "hatalı", "gerekli", "неверный", "неверен", "неправильный", "обязателен",
    "обязательно", "изменён", "изменен", "пустой", "错误", "无效", "必填", "已过期", "不正确", "为空",
    "錯誤", "必須", "無効", "不正", "必須です", "필수", "오류", "مطلوبة", "خاطئة",
];

/// First words of two that say something about a value: `not configured`, `in use`.
pub(super) const REMARKS: &[&str] = &[
    "not", "no", "none", "never", "in", "is", "was", "too", "already", "currently", "will", "must", "cannot", "from", "using", "via", "stored",
];

/// Words in brackets, or between stars, that stand in place of what was hidden.
pub(super) const MASKS: &[&str] = &[
    "redact", "hidden", "mask", "filter", "secret", "removed", "omit", "sanitiz", "scrub",
    "private", "sensitive", "elided", "protected", "hide", "concealed", "censor", "snip",
    "truncated", "secure", "stripped", "obfuscat", "encrypted", "not shown", "suppress", "anonym",
];

/// Types, which stand where values do.
pub(super) const TYPES: &[&str] = &[
    "string", "str", "&str", "&string", "&'static", "char", "bool", "boolean", "int", "integer",
    "u8", "u16", "u32", "u64", "u128", "usize", "i32", "i64", "bytes", "bytestring", "object",
    "array", "number", "any", "text", "varchar", "nvarchar", "secretstring", "secretstr",
    "securestring", "nsstring", "std::string", "sensitive", "bytea", "blob", "self", "impl",
    "dyn", "&[u8]", "&mut", "uuid", "unknown", "symbol", "arc", "box", "rc", "cow", "vec",
    "option", "string?", "string[]", "[]byte", "*string", "&dyn", "type", "struct", "class",
    "function", "nonetype", "character varying",
];

/// Where code reads a value from.
pub(super) const SOURCES: &[&str] = &[
    "self.", "this.", "$_", "os.environ", "os.getenv", "process.env", "env.", "env[", "env(", "environ",
    "config.", "settings.", "args.", "options.", "opts.", "props.", "req.", "request.", "ctx.",
    "params.", "params[", "user.", "data.", "cfg.", "conf.", "secrets.", "var.", "local.",
    "getenv(", "system.getenv", "std::env", "enc[", "enc(", "lookup(",
];

/// What says where a secret is kept, wherever it stands.
pub(super) const REFERENCES: &[&str] = &[
    "vault:", "arn:aws:", "projects/", "ref+", "file://", "op://", "keyring:", "ssm:/", "env:",
    "secretref:", "secretsmanager:", "@microsoft.keyvault",
];

/// Functions that look a value up, by the ends of their names.
pub(super) const READERS: &[&str] = &[
    "get", "getenv", "env", "lookup", "input", "property", "parameter", "prompt", "fetch", "getpass",
    "param", "config", "resolve", "ref", "file", "env::var", "env::var_os", "environmentvariable",
];

/// Ways of logging in that are no secrets.
pub(super) const MECHANISMS: &[&str] = &[
    "plain", "login", "cram-md5", "digest-md5", "xoauth2", "oauthbearer", "scram-sha-1",
    "scram-sha-256", "scram-sha-1-plus", "scram-sha-256-plus", "gssapi", "ntlm", "external",
    "anonymous", "basic", "bearer", "digest", "negotiate", "kerberos", "oauth", "oauth2", "oidc",
    "saml", "jwt", "ldap", "peer", "trust", "md5", "ident", "tls", "apikey", "iam", "aws_iam",
    "publickey", "keyboard-interactive", "hostbased", "aws", "hawk", "mutual", "dpop", "vapid",
    "gnap", "hoba", "token", "signature", "sharedkey", "sharedaccesssignature", "apitoken",
    "googlelogin", "key", "splunk", "jwtbearer", "x-api-key", "discogs", "bot", "client",
    "zoho-oauthtoken", "sso-key", "genie-key", "nrk", "wsse", "private-token", "snipe", "nostr",
    "wsee", "aws4", "mac",
];

/// What algorithms, curves, protocols and modes are made of, in lower case, with the sizes beside
/// them.
pub(super) const ALGORITHMS: &[&str] = &[
    "aes", "rsa", "dsa", "dss", "ecdsa", "eddsa", "ecdh", "ecdhe", "ec", "dh", "dhe", "des", "rc", "sha", "md", "hmac",
    "scram", "pbkdf", "pbes", "bcrypt", "scrypt", "yescrypt", "crypt", "argon", "argonid", "argoni", "argond", "kdf", "hkdf", "gcm", "cbc", "ctr", "ccm", "xts",
    "siv", "ecb", "cfb", "ofb", "poly", "chacha", "xchacha", "salsa", "ed", "curve", "secp", "sect", "brainpoolp",
    "hs", "rs", "es", "ps", "rsaes", "rsassa", "oaep", "pss", "pkcs", "mgf", "kw", "gcmkw", "blake", "blakeb", "blakes", "crc", "keccak", "ripemd",
    "tls", "tlsv", "ssl", "sslv", "dtls", "dtlsv", "withrsa", "withecdsa", "withrsaencryption", "withdsa",
    "rsaencryption", "wpa", "wep", "psk", "eap", "peap", "mschapv", "mschap", "chap", "pap", "ttls", "ccmp", "tkip", "sae", "cram",
    "krb", "ntlmv", "gost", "camellia", "aria", "blowfish", "twofish",
    "sm", "ascon", "mldsa", "mlkem", "kyber", "dilithium",
];

/// What stands beside those, and makes no algorithm by itself.
pub(super) const ALGORITHM_PARTS: &[&str] = &[
    "p", "x", "k", "r", "v", "a", "c", "t", "id", "with", "and", "enterprise", "personal", "digest", "plus", "http", "https", "oauth",
    "aws", "idea", "seed", "null", "anon", "export", "default", "prime",
];

/// Names of algorithms and the like that are words.
pub(super) const ALGORITHM_WORDS: &[&str] = &[
    "base32", "base58", "base64", "base64url", "base85", "utf8", "utf-8", "utf-16", "latin1", "ipv4", "ipv6", "oauth2", "oauth1",
    "prime256v1", "prime192v1", "symmetric_default", "http/1.1", "http/2",
    "aes", "rsa", "dsa", "ecdsa", "eddsa", "ecdh", "hmac", "bcrypt", "scrypt", "yescrypt", "argon",
    "x86_64", "mysql_native_password", "caching_sha2_password", "sha256_password", "client_secret_basic",
    "client_secret_post", "client_secret_jwt", "private_key_jwt", "tls_client_auth", "none_auth", "s3v4", "v4-query",
    "sigv4", "sigv4a", "c14n", "ssha", "p12", "pkcs12", "i18n", "l10n", "k8s", "oauth2_proxy", "ntlmv2",
];

/// Numbers that are the sizes and the versions of algorithms.
pub(super) const SIZES: &[&str] = &[
    "0", "1", "2", "3", "4", "5", "6", "8", "10", "12", "15", "16", "20", "24", "32", "40", "48", "56", "58", "62", "64", "85", "96", "112", "128",
    "160", "192", "224", "225", "255", "256", "320", "384", "448", "512", "521", "1024", "1305", "2048", "3072", "4096", "8192",
    "15360", "25519", "32768",
];

/// Ends of the names of files that have settings, keys, code and the like.
pub(super) const FILES: &[&str] = &[
    "pem", "key", "crt", "cer", "der", "csr", "p12", "pfx", "p8", "jks", "keystore", "truststore", "keytab", "pub",
    "asc", "gpg", "age", "kdbx", "yaml", "yml", "json", "jsonl", "xml", "toml", "ini", "env", "conf", "cnf", "cfg", "config",
    "properties", "plist", "txt", "md", "log", "csv", "sql", "db", "sqlite", "tpl", "tmpl", "j2", "erb", "hbs", "html", "css", "php", "py", "rb", "js",
    "mjs", "ts", "tsx", "jsx", "java", "kt", "scala", "go", "rs", "cs", "cpp", "hpp", "swift", "ex", "exs", "sh", "ps1", "tf",
    "tfvars", "tfstate", "hcl", "proto", "graphql", "lua", "sock", "service", "lock", "bak", "tmp", "zip", "tar", "gz",
];

/// Names of files without one.
pub(super) const FILE_NAMES: &[&str] = &[
    "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "authorized_keys", "known_hosts", ".env", ".netrc", ".pgpass", ".npmrc",
    ".htpasswd", ".my.cnf", "application_default_credentials.json",
];

/// Units of times and sizes after numbers, beside those in [`SHORT_UNITS`].
pub(super) const UNITS: &[&str] = &[
    "millisecond", "second", "sec", "minute", "min", "hour", "hr", "day", "week", "month", "year", "bit", "byte", "kb", "mb", "gb", "ms",
];

/// What is counted in words about secrets: apart from its number.
pub(super) const COUNTED: &[&str] = &[
    "char", "character", "digit", "letter", "word", "symbol", "attempt", "retrie", "try", "tries", "round", "iteration", "item",
    "entrie", "entry", "prime", "use", "step", "row", "percent",
];

/// Short units, which stand close to their numbers.
pub(super) const SHORT_UNITS: &[&str] = &[
    "ms", "us", "ns", "µs", "s", "m", "h", "d", "w", "y", "mo", "min", "sec", "hr", "hrs", "kb", "mb", "gb", "kib", "mib", "gib", "b", "bit", "bits", "%",
];

/// Words of the names of regions: `eu-west-1`.
pub(super) const DIRECTIONS: &[&str] = &[
    "north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest",
];

/// Words that stand before those.
pub(super) const CONTINENTS: &[&str] = &[
    "us", "eu", "ap", "sa", "ca", "me", "af", "il", "cn", "gov", "iso", "isob", "mx", "europe", "asia", "australia", "northamerica",
    "southamerica", "africa",
];

/// Last words of the names of classes, errors and the like: `JwtAuthenticationFilter`.
pub(super) const CLASSES: &[&str] = &[
    "Exception", "Error", "Failed", "Failure", "Mismatch", "Expired", "Denied", "Invalid", "Missing", "Required",
    "Revoked", "NotFound", "NotMatch", "Allowed", "Supported", "Provided", "Exceeded", "Available", "Provider", "Service", "Filter", "Handler", "Manager", "Factory",
    "Controller", "Repository", "Encoder", "Decoder", "Hasher", "Serializer", "Deserializer", "Backend",
    "Middleware", "Interceptor", "Validator", "Resolver", "Parser", "Builder", "Adapter", "Strategy", "Policy",
    "Request", "Response", "Context", "Plugin", "Authenticator", "Authentication", "Authorization",
    "Credentials", "Extractor", "Generator", "Verifier", "Converter", "Configuration", "Properties", "Ref", "From", "Entity", "Dto", "Schema",
    "Callback", "Impl", "Optional", "String",
    "Encryptor", "Decryptor", "Processor", "Registry", "Utils", "Config", "Settings", "Wrapper", "Mapper", "Scheme",
];

/// First words of the names of errors: `InvalidClientTokenId`.
pub(super) const FAULTS: &[&str] = &[
    "Invalid", "Expired", "Missing", "Unsupported", "Unknown", "Unauthorized", "Unrecognized", "Incorrect", "Malformed",
];

/// First parts of qualified names: `java.lang.String`, `System.String`.
pub(super) const ROOTS: &[&str] = &[
    "java", "javax", "jakarta", "org", "com", "net", "io", "dev", "kotlin", "scala", "android", "androidx", "system", "microsoft", "std", "django", "rest_framework", "rails",
    "devise", "werkzeug", "flask", "app", "apps", "module", "data", "var", "local", "resource", "optional", "types",
    "datatypes", "sequelize", "schema", "joi", "name", "tokentype", "serializers", "models", "forms", "fields", "typing", "builtins", "botocore", "boto3", "google", "azure", "aws_secretsmanager_secret",
    "aws_secretsmanager_secret_version", "random_password", "random_string", "tls_private_key", "vault_generic_secret", "kubernetes_secret",
];

/// Words beside names of tokens and keys that say where one is, of what kind, or for what.
pub(super) const WORDS: &[&str] = &[
    "header", "query", "body", "cookie", "session", "memory", "redis", "memcached", "database", "db", "aws", "gcp",
    "azure", "internal", "external", "local", "remote", "prod", "production", "staging", "service", "access", "refresh", "opaque", "hit", "miss", "get", "post", "put", "patch", "delete", "head",
    "options", "web", "mobile", "api", "app", "server", "client", "name", "id", "none", "single", "multi", "global", "cluster", "namespaced",
    "short", "long", "temporary", "permanent", "static", "dynamic", "rotated", "imported", "custom", "managed", "shared", "private",
    "okta", "auth0", "keycloak", "cognito", "google", "github", "gitlab", "facebook", "apple", "microsoft", "ldap", "saml", "oidc", "kerberos",
    "basic", "digest", "ntlm", "plain", "bearer", "jwt", "oauth", "mtls", "iam", "pat", "hmac", "anonymous",
    "high", "low", "medium", "good", "bad", "old", "new", "current", "previous", "primary", "secondary", "lax", "strict", "loading", "refreshing", "rotating", "migrating", "checking", "validating", "verifying", "fetching",
    "updating", "generating", "waiting", "creating", "deleting", "syncing", "connecting", "processing", "starting", "stopping",
    "initializing", "revoking", "reading", "writing", "exchanging", "requesting",
];

/// Last words of the names of objects that have secrets: `metrics-tls`.
pub(super) const OBJECTS: &[&str] = &[
    "tls", "cert", "certs", "certificate", "ca", "credentials", "creds", "secrets", "keystore", "truststore", "dockerconfig", "regcred", "kubeconfig",
];

/// Where a secret is kept, or what it is taken from, in place of the secret itself.
pub(super) const STORES: &[&str] = &[
    "vault", "keyring", "keychain", "keystore", "env", "environment", "kms", "hsm", "ssm", "file", "secretsmanager", "secret-manager", "keyvault",
    "secretref", "valuefrom", "secretkeyref", "osxkeychain", "libsecret", "wincred", "manager-core", "pass", "gopass", "sops",
];
