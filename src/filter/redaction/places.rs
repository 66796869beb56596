//! The table of places: which words, calls and options of command lines, statements and lines of
//! configuration a secret follows, where it has no name.

/// Of a call's arguments the last one that is there, if it is more than a word.
pub(super) const LAST: usize = usize::MAX;

/// Four letters, a function, and the number of an argument.
pub(super) type Call = (&'static str, &'static str, usize);

/// Functions and commands that take a secret, by four letters that they are found by, and which of
/// their arguments it is.
pub(super) const CALLS: &[Call] = &[
    ("sym_", "pgp_sym_encrypt", 1), ("sym_", "pgp_sym_decrypt", 1), ("ypt(", "aes_encrypt", 1),
    ("ypt(", "aes_decrypt", 1), ("yptb", "encryptbypassphrase", 0),
    ("yptb", "decryptbypassphrase", 0), ("uth(", "httpbasicauth", 1),
    ("uth(", "httpdigestauth", 1), ("uth(", "basicauth", 1), ("uth(", "basic_auth", 1),
    ("uth(", "setbasicauth", 1), ("uth(", "set_basic_auth", 1), ("ial(", "pscredential", 1),
    ("orkc", "networkcredential", 1), ("gin(", "login", 1), ("ftp(", "ftp", LAST), ("ect(", "connect", LAST), ("ial(", "credential", LAST), ("sic.", "basic.encode", LAST),
    ("ordc", "usernamepasswordcredentials", 1), ("ordc", "usernamepasswordcredential", 1),
    ("ordc", "passwordcredentials", 1), ("als(", "plaincredentials", 1),
    ("orda", "passwordauthentication", 1), ("hpro", "plainauthprovider", 1), ("uth(", "auth", 1), ("uth(", "http_auth", 1),
    ("als(", "credentials", LAST), ("hent", "authenticate", 1), ("nin(", "signin", 1),
    ("tto-", "convertto-securestring", 0), ("sic(", "basic", 1), ("ypt(", "crypt", 0),
    ("gin(", "sp_addlogin", 1), ("sp_p", "sp_password", 1), ("li_c", "mysqli_connect", 2), ("pdo(", "pdo", 2),
    ("sql_", "mysql_connect", 2), ("sql_", "mysql_pconnect", 2),
    ("li_r", "mysqli_real_connect", 3), (">__c", "pdo->__construct", 2),
    (">__c", "mysqli->__construct", 2), ("getc", "getconnection", 2), ("gin(", "ftp_login", 2),
    ("p_op", "imap_open", 2), ("p_bi", "ldap_bind", 2), ("ldap", "ldap_simple_bind", 2),
    ("d_s(", "simple_bind_s", 1), ("ci_c", "oci_connect", 1), ("rd_v", "password_verify", 0),
    ("rd_h", "password_hash", 0), ("_hma", "hash_hmac", 2), ("ehma", "createhmac", 1),
    ("ssl_", "openssl_encrypt", 2), ("ssl_", "openssl_decrypt", 2), ("uthh", "oauthhandler", 1), ("quel", "sequelize", 2),
    (".enc", "jwt.encode", 1), ("ign(", "jwt.sign", 1), ("fern", "fernet", 0), ("lio(", "twilio", 1),
    ("awsc", "awscredentials", 1), ("fi.b", "wifi.begin", 1), ("+cwj", "at+cwjap", 1), ("+cwj", "at+cwjap_cur", 1), ("+cws", "at+cwsap", 1),
    ("+cga", "at+cgauth", 3), ("+cst", "at+cstt", 2), ("+cip", "at+cipauth", 3), ("l_re", "mysql_real_connect", 3), ("ind(", "ldap.bind", 1),
    (".ver", "jwt.verify", 1), (".dec", "jwt.decode", 1), (".enc", "aes.encrypt", 1), (".dec", "aes.decrypt", 1), ("teus", "createuser", LAST), ("te_u", "create_user", LAST), ("addu", "adduser", LAST),
    ("d_us", "add_user", LAST), ("gnup", "signup", LAST), ("gn_i", "sign_in", LAST), ("gn_u", "sign_up", LAST), ("og_i", "log_in", LAST), ("ogon", "logon", LAST),
    ("are(", "bcrypt.compare", 0), ("esyn", "bcrypt.comparesync", 0), ("ash(", "bcrypt.hash", 0),
    ("hsyn", "bcrypt.hashsync", 0), ("shpw", "hashpw", 0), ("ckpw", "checkpw", 0), ("run(", "bot.run", 0),
];

/// Words that a user and a password follow.
pub(super) const LOGONS: &[&str] = &[
    "login with ", "login as ", "log in with ", "log in as ", "logging in with ",
    "logging in as ", "authenticating with ", "credentials are ",
    "login failed for ", "logged in with ", "signed in with ", "login: ", "login attempt ", "auth attempt ", "authenticating ", "login ", "auth ", "auth failed: ", "authentication failed: ", "authentication failed for ", "credentials found: ", "logged in as ", "signing in as ", "sign in as ", "connecting as ", "connect as ",
    "authenticating as ", "authenticate as ", "credentials: ", "creds: ", "creds ", "credentials ",
    "zugangsdaten: ", "login=", "logon ", "auth: ", "userinfo=", "user.info=", "user.info\":\"",
    "user/pass", "user/password", "username/password", "user and password", "username and password",
];

/// Programs of Oracle's and words of theirs, whose first argument is `user/password@database`.
pub(super) const ORACLE: &[&str] = &[
    "target", "auxiliary", "catalog", "connect", "exp", "imp",
    "conn", "sqlplus", "sqlldr", "sqlcl", "expdp", "impdp", "rman", "userid", "dgmgrl", "tkprof",
];

/// How many of them are words of prose as well.
pub(super) const ORACLE_WORDS: usize = 6;

/// Options of one letter that take a secret, by program. After a `:`, `%` or `,` it follows that
/// sign; after a `.` the option asks for it if it stands alone.
pub(super) const PROGRAMS: &[(&str, &str)] = &[
    ("mysql", "p."), ("mariadb", "p."), ("mysqldump", "p."), ("mysqladmin", "p."), ("useradd", "p"), ("usermod", "p"), ("mongo", "p"),
    ("mongosh", "p"), ("mongodump", "p"), ("mongorestore", "p"), ("sshpass", "p"),
    ("docker login", "p"), ("podman login", "p"), ("az login", "p"), ("az acr login", "p"),
    ("oc login", "p"), ("cypher-shell", "p"), ("influx", "pt"), ("cqlsh", "p"),
    ("clickhouse-client", "p"), ("redis-cli", "a"), ("valkey-cli", "a"), ("sqlcmd", "P"),
    ("bcp", "P"), ("isql", "P"), ("tsql", "P"), ("mosquitto_pub", "P"), ("mosquitto_sub", "P"),
    ("zip", "P"), ("unzip", "P"), ("7z", "p"), ("7za", "p"), ("unrar", "p"), ("ldapsearch", "w"),
    ("ldapmodify", "w"), ("ldapadd", "w"), ("ldapwhoami", "w"), ("ldapdelete", "w"),
    ("ldappasswd", "ws"), ("ipmitool", "P"), ("snmpwalk", "AX"), ("snmpget", "AX"), ("snmpset", "AX"),
    ("net rpc", "U%"), ("net ads join", "U%"), ("nuget add source", "p"), ("curl", "u:U:"), ("http -A bearer", "a"), ("http", "a:"), ("https", "a:"), ("httpie", "a:"), ("certutil", "p"), ("wget", ""),
    ("smbclient", "U%"), ("rpcclient", "U%"), ("lftp", "u,"), ("ab", "A:P:"),
    ("helm registry login", "p"), ("rabbitmqadmin", "p"), ("xfreerdp", "p"), ("psexec", "p"), ("winexe", "U%"), ("kinit", ""),
    ("enc", "kK"), ("openssl enc", "kK"), ("hydra", "p"), ("pgcli", "W"), ("snowsql", ""),
    ("cf login", "p"), ("ibmcloud login", "p"), ("vsql", "w"), ("nuget push", "k"),
    ("security add-generic-password", "w"), ("security add-internet-password", "w"),
    ("dotnet nuget push", "k"), ("twine upload", "p"), ("security unlock-keychain", "p"), ("security import", "P"),
    ("evil-winrm", "p"), ("crackmapexec", "p"), ("netexec", "p"), ("nxc", "p"), ("rdesktop", "p"),
    ("smbmap", "p"), ("mongoimport", "p"), ("mongoexport", "p"), ("mysqlimport", "p."),
    ("mysqlcheck", "p."), ("skopeo login", "p"), ("buildah login", "p"), ("nerdctl login", "p"),
    ("oras login", "p"), ("crane auth login", "p"), ("ncftpget", "p"), ("ncftpput", "p"),
    ("beeline", "p"), ("racadm", "p"), ("p4", "P"), ("ssh-keygen", "PN"), ("esxcli", "p"), ("ldapmodrdn", "w"), ("ldapcompare", "w"), ("conan user", "p"),
];

/// Words that a secret follows, by four letters that they are found by.
///
/// What is before the first sign stands as it is; then come words of the same line. `*` is any one
/// that is no option, `#` a number or a short word of digits that may be missing, `~` as many words
/// as there are up to the next one of the pattern. `!` is the secret, `?` one that is more than a
/// plain word, `%` one that looks like a secret or a code; a part of a word may be before them
/// (`*:!`). After `~` alone it is the last word; it is before `~code`, after a user before `~pair`,
/// and in the quotes before `~quoted`; `!2` is the third argument of a call.
pub(super) const PLACES: &[(&str, &str)] = &[
    // Routers, switches and their managers
    ("snmp", "snmp-server community !"), ("snmp", "snmp-server user ~ auth * ! priv ~ !"),
    ("le s", "enable secret # ?"), ("sern", "username * ~ secret # ?"),
    ("-key", "authentication-key # md5 # !"), ("-key", "authentication-key # ?"),
    ("t-ke", "message-digest-key # md5 # !"), ("ey-s", "key-string # ?"),
    ("dius", "radius-server ~ key # ?"), ("cs-s", "tacacs-server ~ key # ?"),
    ("muni", "rocommunity !"), ("rwco", "rwcommunity !"), ("teus", "createuser * * ! ~ !"),
    ("wpa-", "wpa-psk ascii # !"), ("ey 0", "key 0 ?"), ("ey 6", "key 6 ?"), ("ey 7", "key 7 ?"),
    ("h-ke", "ssh-keygen ~ -n !"), ("ypt_", "encrypt_string !"), ("ogin", "cargo login !"),
    ("sic.", "http-basic.* * !"),
    ("pget", "snmpget ~ -c !"), ("nmpw", "snmpwalk ~ -c !"), ("nmpb", "snmpbulkwalk ~ -c !"),
    ("nmps", "snmpset ~ -c !"), ("nmp ", "snmp community ?"), ("dtes", "radtest * !"),
    // Servers and their tools
    ("yvau", "keyvault secret set ~ --value !"), ("gh s", "gh secret set ~ --body !"),
    ("ut-p", "put-parameter ~ securestring ~ --value !"), ("et g", "secret generic ~ --from-literal=*=!"),
    ("plai", "plain ~ resp=!"), ("asl ", "sasl plain ?"), ("vead", "doveadm auth test * !"), ("nyk ", "snyk auth ?"),
    ("gnto", "signtool ~ /p !"), ("mkpa", "mkpasswd ~ ?"), ("qpdf", "qpdf ~ --encrypt ?"), ("th d", "auth digest *:!"), ("ats ", "stats auth *:!"), ("ser=", "user=*:?"),
    ("ssl ", "openssl passwd ~ !"), ("ogon", "logon *,!"),
    ("sern", "digest username=* ~ response=!"),
    ("is y", " is your ~code"), ("as y", " as your ~code"),
    ("ple:", "simple:?"), ("]:58", "]:587 *:!"), ("]:25", "]:25 *:!"), ("]:46", "]:465 *:!"),
    ("ogin", "vault login ?"), ("vaul", "vault operator unseal ?"),
    ("htpa", "htpasswd -*b ~ ?"), ("htpa", "htpasswd ~ -*b ~ ?"),
    ("tmqc", "rabbitmqctl ~ add_user * !"), ("tmqc", "rabbitmqctl ~ change_password * !"),
    ("tmqc", "rabbitmqctl ~ authenticate_user * !"), ("osqu", "mosquitto_passwd -b * * !"),
    ("isql", "isql -v * * !"), ("kser", "nickserv ~ identify ~ !"),
    ("kser", "nickserv ~ register !"), ("kser", "nickserv ~ ghost * !"),
    ("wpa_", "wpa_passphrase * !"), ("iwco", "iwconfig * key s:!"), ("mc a", "mc alias set * * * !"),
    ("d-ma", "::add-mask::!"), ("sh-t", "activate-refresh-token * !"), ("n ke", "wandb: login key ?"), ("ey c", "key content * ?"), ("apop", "apop * ?"),
    ("bw u", "bw unlock !"), ("bw l", "bw login * !"), ("rclo", "rclone obscure !"),
    ("mba-", "samba-tool user create * !"), ("mba-", "samba-tool user add * !"),
    ("bi->", "dbi->connect!2"), ("sqld", "mysqldb.connect!2"), ("ymys", "pymysql.connect!2"),
    // Desktops
    ("scl ", "dscl ~ -passwd * !"), ("tsh ", "netsh ~ key=!"), ("chta", "schtasks ~ /rp !"), ("mdke", "cmdkey ~ /pass:!"), ("rdp ", "xfreerdp ~ /p:!"),
    ("netd", "netdom ~ /passwordd:!"), ("ct t", "connect to ~ user * using !"),
    ("cf a", "cf auth * !"), ("umi ", "pulumi config set ~ --secret * !"),
    ("uci ", "uci set ~ *.key=!"), ("n ke", "option key '!"), (": ea", ": eap \"!"), (": xa", ": xauth \"!"),
    ("bear", "authorization.bearer.%"), ("k8s.", "authorization.k8s.io.%"), ("andb", "wandb login !"), ("pass", "password \"auth\" !"), ("hawk", "hawk id=* ~ mac=!"), ("p/w ", "p/w ?"), ("p/w:", "p/w: ?"), ("p/w=", "p/w=?"),
    ("er-s", "user-secrets set * !"), ("uth-", "auth-pass * !"), ("r.lo", "-dsonar.login=!"), ("r.lo", "sonar.login=!"),
    ("r-te", "clear-text=!"), ("id c", " - valid credentials~pair"), ("e co", "use code %"),
    // Protocols: IRC, FTP, SCRAM, TLS, NTLM
    ("ify ", "identify %"), ("ify ", "identify * %"), ("per ", "oper * %"), ("p> u", "ftp> user * %"),
    ("uth-", "auth-user-pass * %"), ("biws", "c=biws,r=*,p=!"), ("esws", "c=esws,r=*,p=!"),
    ("cd10", "c=cd10*,r=*,p=!"), ("n,,n", "n,,n=*,r=!"), ("m-sh", "scram-sha-256 n=*,r=!"),
    ("-fin", "server-final v=!"), ("t_ra", "client_random * %"), ("ffic", "_traffic_secret_0 * %"),
    ("ntlm", "ntlm ~ hash=%"), ("ssp ", "ntlmssp response %"), ("hinf", "authinfo:* ~ \"p:!"),
    // Codes and keys that are spoken of
    ("a co", "2fa code %"), ("a co", "mfa code %"), ("n co", "verification code %"),
    ("n co", "authentication code %"), ("er c", "enter code %"), ("in c", "login code %"),
    (" has", "password hash %"), ("eed ", "seed hex %"), 
    ("s ac", "secrets versions access ~ data !"), ("e co", "bundle config ~ *:%"),
    ("ocha", "\".tochararray(~quoted"),
    ("e-ti", "one-time password %"), ("p co", "backup code %"), ("ssws", "ssws %"),
    ("secr", "secret-set-value * %"), ("btoa", "btoa(*:%"),
    ("e64(", "base64(*:%"), ("ode(", "b64encode(*:%"),
];

/// Programs that read a secret where something is written to them: `echo … | kinit`.
pub(super) const READERS: &[&str] = &[
    "sudo -s", "su ", "kinit", "passwd", "cryptsetup", "-stdin", "with-token", "passphrase-fd", "password_stdin", "secret put",
    "pass stdin", "passin stdin", "openconnect", "ssh-add", "pass insert", "lpass login", "secret-tool", "secret create", "realm join", "net ads join",
];

/// Functions that fill in a field, whose name is before them or their first argument.
pub(super) const FIELDS: &[&str] = &[
    "type", "fill", "val", "send_keys", "sendkeys", "setvalue", "set_value", "set", "typetext",
    "replacetext", "settext", "presssequentially", "press_sequentially",
];

/// Words beside the key of a cipher.
pub(super) const CIPHERS: &[&str] = &[
    "aes", "salt=", "chacha", "cipher", "crypt", "keytab", "krb5", "iv=", "iv:", "nonce=",
];

/// Words of sentences about passwords, beside those that say nothing of a value.
pub(super) const SPOKEN: &[&str] = &[
    "than", "that", "this", "with", "and", "but", "from", "for", "user", "users", "about", "only",
    "when", "into", "now", "longer", "same", "via", "being", "are", "been", "too", "will", "can",
    "your", "you", "one", "already", "before", "after", "until", "because", "since", "still",
];

/// Words between a name and its owner.
pub(super) const FOR: &[&str] = &[
    "for ", "of ", "on ", "für ", "von ", "pour ", "de ", "para ", "per ", "di ", "voor ", "van ", "för ", "til ", "dla ", "do ", "для ",
];

/// Words that link a name with its value.
pub(super) const LINKS: &[&str] = &[
    "to be ", "to ", "= ", "with value ", "enc ", "d'ordine: ", "value ", "| default(", "| ", "│ ", "┃ ", "║ ", ". ", "the value ",
    "a value of ", "reg_sz ", "/t reg_sz /d ", "ascii-text ", "ascii ", "hexadecimal ",
    "clear-text ", "cleartext ", "mismatch: ", "lautet ", "ist ", "est ", "es ", "är ", "equals ", "eq ", "!= ",
];

/// Words after an option that say something about it.
pub(super) const AFTER_OPTIONS: &[&str] = &[
    "to", "or", "and", "is", "if", "in", "for", "option", "flag", "argument", "instead", "with",
    "can", "must", "on", "the", "was", "not", "requires", "parameter", "switch", "when", "as", "may",
    "will", "has", "options", "flags", "takes", "via", "by", "from", "at", "be", "should",
];

/// Keys of the value in an object that has a name and a value.
pub(super) const VALUE_KEYS: &[&str] = &[
    "s", "n", "b", "ss", "current", "#text", "$", "_", "inner", "raw", "0", "plain", "bytes", "some",
    "new", "old",
];

/// Those among them that are beside a name: `{"name": …, "value": …}`.
pub(super) const PAIR_KEYS: &[&str] = &[
    "value", "val", "v", "stringvalue", "defaultvalue", "newvalue", "oldvalue", "content",
    "plaintext", "secret", "string_value", "_value", "$value", "simplevalue", "parametervalue",
    "optionvalue", "attributevalue", "settingvalue", "new", "old", "data", "contents",
];

/// Keys of the name in such an object.
pub(super) const NAME_KEYS: &[&str] = &[
    "name", "key", "k", "n", "field", "param", "parameter", "header", "id", "variable", "option",
    "parametername", "keyname", "attribute", "attributename", "parameterkey", "column",
    "property", "label", "var", "path", "setting",
];

/// Words, and the keys whose values are secret where a text has them: of AWS's parameter store, of
/// Terraform, and of keys as JSON (JWK).
pub(super) const BESIDE: &[(&str, &[&str])] = &[
    ("SecureString", &["Value"]), ("random_password", &["result"]), ("kty", &["k", "d", "p", "q", "dp", "dq", "qi"]),
];

/// Kinds of tokens of a grammar.
pub(super) const GRAMMAR: &[&str] = &[
    "ident", "identifier", "punct", "literal", "keyword", "operator", "symbol", "op",
    "stringliteral", "numericliteral", "number", "comment", "word", "name", "eof", "newline",
    "indent", "dedent", "comma", "semicolon", "colon", "lparen", "rparen", "lbrace", "rbrace",
    "whitespace",
];
