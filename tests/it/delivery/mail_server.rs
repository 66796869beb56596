//! A mail server that responds as a test says: [`MailServer`].

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does with a command.
pub(super) enum Deed {
    /// The usual.
    Usual,
    Respond(&'static str),
    /// Sends a response without an end, byte by byte.
    Drip,
    Close,
}

type Script = Box<dyn FnMut(&str) -> Deed + Send>;

#[derive(Default)]
struct Inner {
    /// All commands, `CONNECT` and `END` for the connections and `.` for the end of a mail
    /// included.
    commands: Vec<String>,
    mails: Vec<String>,
}

pub(super) struct MailServer {
    pub(super) address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
}

impl MailServer {
    /// Starts one that does what a function says for each command.
    pub(super) fn start(script: impl FnMut(&str) -> Deed + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::<Mutex<Inner>>::default();
        let shared = Arc::clone(&inner);
        let mut script: Script = Box::new(script);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let _ = serve(&stream.unwrap(), &shared, &mut script);
                shared.lock().unwrap().commands.push("END".to_owned());
            }
        });
        Self { address, inner }
    }

    pub(super) fn commands(&self) -> Vec<String> {
        self.inner.lock().unwrap().commands.clone()
    }

    pub(super) fn count(&self, command: &str) -> usize {
        let commands = self.commands();
        commands
            .iter()
            .filter(|known| known.starts_with(command))
            .count()
    }

    /// The mails that were taken.
    pub(super) fn mails(&self) -> Vec<String> {
        self.inner.lock().unwrap().mails.clone()
    }
}

/// Serves a connection to its end, which comes where reading or writing fails.
fn serve(stream: &TcpStream, shared: &Mutex<Inner>, script: &mut Script) -> std::io::Result<()> {
    // A response is written in parts, which would wait for each other.
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    let mut next = Some("CONNECT".to_owned());
    loop {
        let command = match next.take() {
            Some(command) => command,
            None => {
                let mut line = String::new();
                if reader.read_line(&mut line)? == 0 {
                    return Ok(());
                }
                line.trim_end().to_owned()
            }
        };
        shared.lock().unwrap().commands.push(command.clone());
        let usual = match command.split([' ', ':']).next().unwrap_or_default() {
            "CONNECT" => "220 ready",
            "EHLO" => "250-here\r\n250-AUTH PLAIN\r\n250 SIZE",
            "DATA" => "354 go on",
            "AUTH" => "235 fine",
            "QUIT" => "221 bye",
            _ => "250 done",
        };
        let mut in_mail = command == "DATA";
        match script(&command) {
            Deed::Usual => write!(writer, "{usual}\r\n")?,
            Deed::Respond(response) => {
                in_mail &= response.starts_with("354");
                write!(writer, "{response}\r\n")?;
            }
            Deed::Drip => loop {
                writer.write_all(b"2")?;
                thread::sleep(Duration::from_millis(20));
            },
            Deed::Close => return Ok(()),
        }
        if command == "QUIT" {
            return Ok(());
        }
        if in_mail {
            let mut mail = String::new();
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line)? == 0 {
                    return Ok(());
                }
                if line == ".\r\n" {
                    break;
                }
                mail.push_str(line.strip_prefix('.').unwrap_or(&line));
            }
            shared.lock().unwrap().commands.push(".".to_owned());
            match script(".") {
                Deed::Respond(response) => write!(writer, "{response}\r\n")?,
                Deed::Close => return Ok(()),
                _ => {
                    shared.lock().unwrap().mails.push(mail);
                    write!(writer, "250 taken\r\n")?;
                }
            }
        }
    }
}
