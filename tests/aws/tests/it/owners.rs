//! Each service has the whole of its calls, and of nothing else.

use std::sync::{Mutex, MutexGuard, Once, OnceLock, PoisonError};

use logtree::{Handler, Level, get_logger};
use logtree_aws::{Clients, Stub, closed_port};
use tokio::runtime::Runtime;

use crate::collected::{Collected, Counts, Kept};
use crate::moto::Moto;

/// The loggers whose levels the tests set.
const LOGGERS: [&str; 4] = ["", "aws_sdk_s3", "aws_sdk_dynamodb", "aws_smithy_runtime"];

/// The bridge of the process, which its tests use one after the other.
pub(crate) struct Bridge {
    pub(crate) collected: Collected,
    pub(crate) runtime: Runtime,
    _alone: MutexGuard<'static, ()>,
}

impl Bridge {
    pub(crate) fn new() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        static INSTALLED: Once = Once::new();
        static COLLECTED: OnceLock<Collected> = OnceLock::new();
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let collected = COLLECTED.get_or_init(Collected::default).clone();
        INSTALLED.call_once(|| {
            get_logger("").add_handler(Handler::new(collected.clone()));
            logtree::tracing::install().unwrap();
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(8)
            .enable_all()
            .build()
            .unwrap();
        Self {
            collected,
            runtime,
            _alone: alone,
        }
    }

    /// Calls both services at once, by new clients. Returns what is logged from then on.
    pub(crate) fn call(&self, url: &str, levels: &[(&str, Level)]) -> (usize, Vec<Kept>) {
        for name in LOGGERS {
            let level = levels.iter().find(|(known, _)| *known == name);
            let default = if name.is_empty() {
                Level::WARNING
            } else {
                Level::NOTSET
            };
            get_logger(name).set_level(level.map_or(default, |(_, level)| *level));
        }
        let clients = Clients::new(url);
        self.collected.take();
        let succeeded = self.runtime.block_on(clients.both());
        (succeeded, self.collected.take())
    }

    /// The whole scene, with a server that has both calls succeed or none.
    fn play(&self, name: &str, url: &str, expected: usize) {
        let (succeeded, all) = self.call(url, &[("", Level::DEBUG)]);
        assert_eq!(succeeded, expected);
        let counts = Counts::of(&all);
        println!("{name}, all at DEBUG:\n{counts}");
        let (s3, dynamodb) = (counts.owned_by("S3"), counts.owned_by("DynamoDB"));
        // Shared crates log nearly all of it.
        assert!(counts.with_target("aws_sdk_s3") * 3 < s3, "{counts}");
        assert!(
            counts.with_target("aws_sdk_dynamodb") * 3 < dynamodb,
            "{counts}"
        );

        // One service, the whole of it, and nothing of the other.
        let (_, one) = self.call(url, &[("aws_sdk_s3", Level::DEBUG)]);
        let shown = Counts::of(&one);
        println!("{name}, aws_sdk_s3 at DEBUG:\n{shown}");
        self.is_one_call(&one, "S3");
        assert_eq!(sorted(&one, "S3"), sorted(&all, "S3"));

        // All of the shared crate but what belongs to a silent service.
        let (_, other) = self.call(
            url,
            &[
                ("aws_sdk_s3", Level::OFF),
                ("aws_smithy_runtime", Level::DEBUG),
            ],
        );
        println!(
            "{name}, aws_sdk_s3 OFF, aws_smithy_runtime at DEBUG:\n{}",
            Counts::of(&other)
        );
        let shared = |records: &[Kept]| -> Vec<Kept> {
            let shared = records
                .iter()
                .filter(|it| it.target.starts_with("aws_smithy_runtime."));
            shared.cloned().collect()
        };
        let other = shared(&other);
        self.is_one_call(&other, "DynamoDB");
        assert_eq!(
            sorted(&other, "DynamoDB"),
            sorted(&shared(&all), "DynamoDB")
        );
    }

    /// Whether all records, and there are some, are those of a single call of a service.
    fn is_one_call(&self, records: &[Kept], service: &str) {
        assert!(!records.is_empty());
        for record in records {
            assert_eq!(record.service, service, "{record:?}");
            assert_eq!(record.invocation, records[0].invocation, "{record:?}");
        }
    }
}

/// The places that a service's records come from, as often as they come.
fn sorted<'r>(records: &'r [Kept], service: &str) -> Vec<&'r str> {
    let own = records.iter().filter(|record| record.service == service);
    let own = own.filter(|record| !record.is_of_pool());
    let mut targets: Vec<_> = own.map(|record| &*record.target).collect();
    targets.sort_unstable();
    targets
}

#[test]
fn calls_that_succeed_belong_to_their_service() {
    let bridge = Bridge::new();
    let Some(moto) = Moto::start() else {
        return;
    };
    let clients = Clients::new(moto.url());
    let bucket = aws_sdk_s3::types::CreateBucketConfiguration::builder();
    let bucket = bucket.location_constraint(aws_sdk_s3::types::BucketLocationConstraint::EuWest1);
    let create = clients.s3.create_bucket().bucket("photos");
    let create = create.create_bucket_configuration(bucket.build()).send();
    bridge.runtime.block_on(create).unwrap();
    bridge.play("moto", moto.url(), 2);
}

#[test]
fn attempts_on_a_closed_port_belong_to_their_service() {
    Bridge::new().play("a closed port", &closed_port().unwrap(), 0);
}

#[test]
fn attempts_on_a_server_that_is_too_busy_belong_to_their_service() {
    let stub = Stub::start(503).unwrap();
    Bridge::new().play("503", &stub.url(), 0);
}
