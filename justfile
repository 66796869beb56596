# The usual tasks; `.ci/run` is what CI runs.

# Lists the tasks.
default:
    @just --list

# The whole test suite.
test *arguments:
    cargo test --all-features {{arguments}}

# What a change needs before review.
check:
    cargo fmt --check
    cargo clippy --all-targets --all-features -- -D warnings
    cargo clippy -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --all-features
    cargo test --test modules_point_downwards
    .ci/public-api

# All of CI.
ci:
    .ci/run

# The module graph: modules by layer, what each uses, and the graph's size.
modules:
    cargo test --test modules_point_downwards -- --nocapture

# Holds the list of public items against tests/public_api.txt; `--bless` rewrites it.
public-api *arguments:
    .ci/public-api {{arguments}}

# Licences, advisories, bans, spelling.
deny:
    .ci/deny

# The package for CloudWatch Logs, against an imitation of AWS.
cloudwatch:
    .ci/cloudwatch

# The package for fleets, against servers of etcd.
etcd:
    .ci/etcd

# The AWS SDK for Rust in the tree, against an imitation of AWS.
aws:
    .ci/aws

# The example of a web service, by HTTP.
web-service:
    .ci/web_service

# Pairs of features and the oldest dependencies.
powerset:
    .ci/powerset

# Models of the queue, by loom.
loom *filters:
    .ci/loom {{filters}}

# Changes the code place by place and lists the changes that no test catches; takes hours.
mutants *arguments:
    .ci/mutants {{arguments}}

# Unit tests under Miri.
miri *filters:
    .ci/miri {{filters}}

# Integration tests under ThreadSanitizer.
sanitize *filters:
    .ci/sanitize {{filters}}

# Library and conformance tests on a big-endian system.
s390x:
    .ci/s390x

# Logs in all kinds of ways for long; memory must stay flat.
soak *seconds:
    .ci/soak {{seconds}}

# Kills receivers a hundred times while records are sent to them.
outages *records:
    .ci/outages {{records}}

# Instruction counts of the hot path against the kept ones, by callgrind.
instructions:
    cd benches/peers && cargo run --release --bin compare -- check

# Replays a recorded boto3 session.
replay *arguments:
    cargo run --release -p logtree-replay -- {{arguments}}
