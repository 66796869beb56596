//! The table of places: which words, calls and options of command lines, statements and lines of
//! configuration a secret follows, where it has no name.

/// Functions and commands that take a secret, and which of their arguments it is.
pub(super) const CALLS: &[(&str, usize)] = &[
    ("pgp_sym_encrypt", 1), ("pgp_sym_decrypt", 1), ("aes_encrypt", 1), ("aes_decrypt", 1),
    ("encryptbypassphrase", 0), ("decryptbypassphrase", 0), ("httpbasicauth", 1),
    ("httpdigestauth", 1), ("basicauth", 1), ("basic_auth", 1), ("setbasicauth", 1),
    ("set_basic_auth", 1), ("pscredential", 1), ("networkcredential", 1), ("login", 1),
    ("usernamepasswordcredentials", 1), ("usernamepasswordcredential", 1),
    ("passwordcredentials", 1), ("plaincredentials", 1), ("passwordauthentication", 1),
    ("plainauthprovider", 1), ("auth", 1), ("credentials", 1), ("authenticate", 1), ("signin", 1),
    ("convertto-securestring", 0), ("basic", 1), ("crypt", 0), ("sp_addlogin", 1), ("sp_password", 1), ("mysqli_connect", 2), ("mysql_connect", 2),
    ("mysql_pconnect", 2), ("mysqli_real_connect", 3), ("pdo->__construct", 2),
    ("mysqli->__construct", 2), ("getconnection", 2), ("ftp_login", 2), ("imap_open", 2),
    ("ldap_bind", 2), ("ldap_simple_bind", 2), ("simple_bind_s", 1), ("oci_connect", 1),
    ("password_verify", 0), ("password_hash", 0), ("hash_hmac", 2), ("createhmac", 1),
    ("openssl_encrypt", 2), ("openssl_decrypt", 2), ("oauthhandler", 1),
    ("dbi->connect", 2), ("mysqldb.connect", 2), ("pymysql.connect", 2),
];

/// Words that a user and a password follow.
pub(super) const LOGONS: &[&str] = &[
    "login with ", "login as ", "log in with ", "log in as ", "logging in with ",
    "logging in as ", "authenticating with ", "credentials are ",
    "login failed for ", "login ", "auth ", "auth failed: ", "authentication failed for ", "credentials found: ", "logged in as ", "signing in as ", "sign in as ", "connecting as ", "connect as ",
    "authenticating as ", "authenticate as ", "credentials: ", "creds: ", "creds ", "credentials ",
    "zugangsdaten: ",
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
    ("oc login", "p"), ("cypher-shell", "p"), ("influx", "p"), ("cqlsh", "p"),
    ("clickhouse-client", "p"), ("redis-cli", "a"), ("valkey-cli", "a"), ("sqlcmd", "P"),
    ("bcp", "P"), ("isql", "P"), ("tsql", "P"), ("mosquitto_pub", "P"), ("mosquitto_sub", "P"),
    ("zip", "P"), ("unzip", "P"), ("7z", "p"), ("7za", "p"), ("unrar", "p"), ("ldapsearch", "w"),
    ("ldapmodify", "w"), ("ldapadd", "w"), ("ldapwhoami", "w"), ("ldapdelete", "w"),
    ("ldappasswd", "ws"), ("ipmitool", "P"), ("snmpwalk", "AX"), ("snmpget", "AX"), ("snmpset", "AX"),
    ("net rpc", "U"), ("curl", "u:U:"), ("http -A bearer", "a"), ("http", "a:"), ("https", "a:"), ("wget", ""),
    ("smbclient", "U%"), ("rpcclient", "U%"), ("lftp", "u,"), ("ab", "A:P:"),
    ("helm registry login", "p"), ("rabbitmqadmin", "p"), ("xfreerdp", "p"), ("psexec", "p"), ("winexe", "U%"), ("kinit", ""),
    ("enc", "k"), ("openssl enc", "k"), ("hydra", "p"), ("pgcli", "W"), ("snowsql", ""),
    ("cf login", "p"), ("ibmcloud login", "p"), ("vsql", "w"), ("nuget push", "k"),
    ("security add-generic-password", "w"), ("security add-internet-password", "w"),
    ("dotnet nuget push", "k"), ("twine upload", "p"), ("security unlock-keychain", "p"), ("security import", "P"),
    ("evil-winrm", "p"), ("crackmapexec", "p"), ("netexec", "p"), ("nxc", "p"), ("rdesktop", "p"),
    ("smbmap", "p"), ("mongoimport", "p"), ("mongoexport", "p"), ("mysqlimport", "p."),
    ("mysqlcheck", "p."), ("skopeo login", "p"), ("buildah login", "p"), ("nerdctl login", "p"),
    ("oras login", "p"), ("crane auth login", "p"), ("ncftpget", "p"), ("ncftpput", "p"),
    ("beeline", "p"), ("racadm", "p"), ("esxcli", "p"), ("ldapmodrdn", "w"), ("ldapcompare", "w"),
];

/// Words that a secret follows, by four letters that they are found by.
///
/// What is before the first sign stands as it is; then come words of the same line. `*` is any one
/// that is no option, `#` a number or a short word of digits that may be missing, `~` as many words
/// as there are up to the next one of the pattern. `!` is the secret, and `?` one that is more than
/// a plain word; a part of a word may be before them (`*:!`). After `~` alone it is the last word;
/// before `~code` it stands.
pub(super) const PLACES: &[(&str, &str)] = &[
    // Routers, switches and their managers
    ("mp-s", "snmp-server community !"), ("mp-s", "snmp-server user ~ auth * ! priv ~ !"),
    ("le s", "enable secret # ?"), ("rnam", "username * ~ secret # ?"),
    ("on-k", "authentication-key # md5 # !"), ("on-k", "authentication-key # ?"),
    ("-dig", "message-digest-key # md5 # !"), ("y-st", "key-string # ?"),
    ("us-s", "radius-server ~ key # ?"), ("cs-s", "tacacs-server ~ key # ?"),
    ("ocom", "rocommunity !"), ("wcom", "rwcommunity !"), ("teus", "createuser * * ! ~ !"),
    ("-psk", "wpa-psk ascii # !"), ("ey 0", "key 0 ?"), ("ey 6", "key 6 ?"), ("ey 7", "key 7 ?"),
    ("keyg", "ssh-keygen ~ -n !"), ("t_st", "encrypt_string !"), ("go l", "cargo login !"),
    ("-bas", "http-basic.* * !"),
    ("mpge", "snmpget ~ -c !"), ("mpwa", "snmpwalk ~ -c !"), ("lkwa", "snmpbulkwalk ~ -c !"),
    ("mpse", "snmpset ~ -c !"), ("p co", "snmp community ?"), ("dtes", "radtest * !"),
    // Servers and their tools
    ("eyva", "keyvault secret set ~ --value !"), ("gh s", "gh secret set ~ --body !"),
    ("ut-p", "put-parameter ~ securestring ~ --value !"), ("et g", "secret generic ~ --from-literal=*=!"),
    ("lain", "plain ~ resp=!"), ("dige", "auth digest *:!"), ("tats", "stats auth *:!"), ("ser=", "user=*:?"),
    ("nssl", "openssl passwd ~ !"), ("gon ", "logon *,!"),
    ("rnam", "digest username=* ~ response=!"),
    ("s yo", " is your ~code"),
    ("ple:", "simple:?"), ("]:58", "]:587 *:!"), ("]:25", "]:25 *:!"), ("]:46", "]:465 *:!"),
    ("vaul", "vault login ?"), ("vaul", "vault operator unseal ?"),
    ("htpa", "htpasswd -*b ~ !"), ("htpa", "htpasswd ~ -*b ~ !"),
    ("mqct", "rabbitmqctl ~ add_user * !"), ("mqct", "rabbitmqctl ~ change_password * !"),
    ("mqct", "rabbitmqctl ~ authenticate_user * !"), ("to_p", "mosquitto_passwd -b * * !"),
    ("isql", "isql -v * * !"), ("kser", "nickserv ~ identify ~ !"),
    ("kser", "nickserv ~ register !"), ("kser", "nickserv ~ ghost * !"),
    ("pa_p", "wpa_passphrase * !"), ("wcon", "iwconfig * key s:!"), ("mc a", "mc alias set * * * !"),
    ("w un", "bw unlock !"), ("bw l", "bw login * !"), ("ne o", "rclone obscure !"),
    ("mba-", "samba-tool user create * !"), ("mba-", "samba-tool user add * !"),
    // Desktops
    ("dscl", "dscl ~ -passwd * !"), ("etsh", "netsh ~ key=!"), ("task", "schtasks ~ /rp !"), ("mdke", "cmdkey ~ /pass:!"), ("erdp", "xfreerdp ~ /p:!"),
    ("netd", "netdom ~ /passwordd:!"), ("ct t", "connect to ~ user * using !"),
];

/// Programs that read a secret where something is written to them: `echo … | kinit`.
pub(super) const READERS: &[&str] = &[
    "sudo -s", "su ", "kinit", "passwd", "cryptsetup", "-stdin", "with-token", "passphrase-fd",
    "pass stdin", "passin stdin", "openconnect", "ssh-add", "realm join", "net ads join",
];

/// Words that link a name with its value.
pub(super) const LINKS: &[&str] = &[
    "to be ", "to ", "= ", "with value ", "enc ", "d'ordine: ", "value ", "| ", ". ", "the value ",
    "a value of ", "reg_sz ", "/t reg_sz /d ", "ascii-text ", "ascii ", "hexadecimal ",
    "clear-text ", "cleartext ", "mismatch: ", "equals ", "eq ", "!= ",
];

/// Words after an option that say something about it.
pub(super) const AFTER_OPTIONS: &[&str] = &[
    "to", "or", "and", "is", "if", "in", "for", "option", "flag", "argument", "instead", "with",
    "can", "must", "on", "the", "was", "not", "requires", "parameter", "switch", "when", "as", "may",
    "will", "has", "options", "flags", "takes", "via", "by", "from", "at", "be", "should",
];
