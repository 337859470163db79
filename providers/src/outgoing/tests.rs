//! The guard against everything that leads home, with real sockets.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const QUICK: Patience = Patience { connect: Duration::from_secs(2), whole: Duration::from_secs(2) };

/// A machine that does this with whoever comes, and counts them.
struct Machine {
    address: SocketAddr,
    visits: Arc<AtomicUsize>,
}

impl Machine {
    fn start(serve: impl Fn(TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, visits) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let count = visits.clone();
        std::thread::spawn(move || {
            for visitor in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                serve(visitor.unwrap());
            }
        });
        Self { address, visits }
    }

    /// One that reads a question and answers so.
    fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |mut visitor| {
            let _read = visitor.read(&mut [0; 8_192]);
            let _written = visitor.write_all(&answer);
        })
    }

    fn url(&self) -> Url {
        format!("http://{}/", self.address).parse().unwrap()
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

/// A client that may ask these machines.
fn allowing(machines: &[&Machine]) -> Outgoing {
    let named: Vec<String> = machines.iter().map(|machine| machine.address.to_string()).collect();
    Outgoing::build(named.join(",").parse().unwrap(), system(), is_public, QUICK).unwrap()
}

/// A lookup that gives these answers one after the other, the last for ever, and counts how often it is asked.
fn saying(answers: Vec<Vec<IpAddr>>) -> (Lookup, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let lookup = move |_name: String| -> LookingUp {
        let nth = count.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
        let answer = answers[nth].clone();
        Box::pin(async move { Ok(answer) })
    };
    (Arc::new(lookup), asked)
}

fn is_refused<T>(answer: &Result<T, OutgoingError>) -> bool {
    matches!(answer, Err(OutgoingError::Refused(_)))
}

#[tokio::test]
async fn an_address_of_ours_is_refused_however_it_is_written() {
    let outgoing = Outgoing::build(Allowed::default(), system(), is_public, QUICK).unwrap();
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "2130706433",
        "0x7f000001",
        "0x7f.0x0.0x0.0x1",
        "0177.0.0.1",
        "017700000001",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "0",
        "0.0.0.0",
        "10.1.2.3",
        "0xa010203",
        "100.64.0.1",
        "169.254.169.254",
        "2852039166",
        "0xA9FEA9FE",
        "0251.0376.0251.0376",
        "172.16.0.1",
        "192.168.1.1",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::169.254.169.254]",
        "[2002:7f00:1::]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[ff02::1]",
        // Looked up, by whatever name.
        "localhost",
        "LOCALHOST",
    ] {
        let url: Url = format!("https://{host}/").parse().unwrap();
        assert!(is_refused(&outgoing.get(&url).await), "{host}");
    }
}

#[tokio::test]
async fn an_address_says_https_and_no_user() {
    let outgoing = Outgoing::build(Allowed::default(), system(), is_public, QUICK).unwrap();
    for url in [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "data:text/plain,x",
        "https://user@example.org/",
        "https://user:password@example.org/",
        "https://:password@example.org/",
    ] {
        assert!(is_refused(&outgoing.check(&url.parse().unwrap())), "{url}");
    }
    outgoing.check(&"https://example.org:8443/x".parse().unwrap()).unwrap();
    outgoing.check(&"https://8.8.8.8/".parse().unwrap()).unwrap();
}

#[tokio::test]
async fn what_is_allowed_is_a_host_with_its_port() {
    let (machine, other) = (
        Machine::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
        Machine::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    );
    let outgoing = allowing(&[&machine]);
    assert_eq!(outgoing.get(&machine.url()).await.unwrap(), Answer { status: 200, body: b"hi".to_vec() });
    assert!(is_refused(&outgoing.get(&other.url()).await));
    let mut by_name = machine.url();
    by_name.set_host(Some("localhost")).unwrap();
    assert!(is_refused(&outgoing.get(&by_name).await));
    assert_eq!((machine.visits(), other.visits()), (1, 0));
    assert_eq!("".parse::<Allowed>().unwrap(), Allowed::default());
    for text in ["127.0.0.1", "127.0.0.1:", "localhost:port", "a:1,b"] {
        assert!(text.parse::<Allowed>().is_err(), "{text}");
    }
}

/// Both addresses are this machine's, as far as packets go; the client is told that the first is public.
#[tokio::test]
async fn what_was_checked_is_what_is_connected_to() {
    let is_first: fn(IpAddr) -> bool = |address| address == IpAddr::from([127, 0, 0, 1]);
    let machine = Machine::answering("no TLS is spoken here");
    let url: Url = format!("https://rebound.example:{}/", machine.address.port()).parse().unwrap();
    let answers = vec![vec![[127, 0, 0, 1].into()], vec![[127, 0, 0, 2].into()]];
    let (lookup, asked) = saying(answers);
    let outgoing = Outgoing::build(Allowed::default(), lookup, is_first, QUICK).unwrap();
    let reached = outgoing.get(&url).await;
    assert!(matches!(reached, Err(OutgoingError::Unreachable(_))), "{reached:?}");
    assert_eq!(
        (machine.visits(), asked.load(Ordering::SeqCst)),
        (1, 1),
        "it looked twice for one connection"
    );
    // From now on the name leads elsewhere.
    assert!(is_refused(&outgoing.get(&url).await));
    assert_eq!((machine.visits(), asked.load(Ordering::SeqCst)), (1, 2));
}

#[tokio::test]
async fn a_name_that_leads_home_beside_elsewhere_is_refused() {
    let machine = Machine::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let url: Url = format!("https://both.example:{}/", machine.address.port()).parse().unwrap();
    for second in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "64:ff9b::a00:1"] {
        let (lookup, _asked) = saying(vec![vec![[8, 8, 8, 8].into(), second.parse().unwrap()]]);
        let outgoing = Outgoing::build(Allowed::default(), lookup, is_public, QUICK).unwrap();
        assert!(is_refused(&outgoing.get(&url).await), "{second}");
    }
    assert_eq!(machine.visits(), 0);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_leads_nowhere() {
    let inside = Machine::answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret");
    for status in [301, 302, 303, 307, 308] {
        for to in [inside.url().to_string(), "http://169.254.169.254/latest/meta-data/".to_owned()] {
            let answer =
                format!("HTTP/1.1 {status} Elsewhere\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
            let machine = Machine::answering(answer);
            // Not even where one that is allowed leads to one that is.
            let came = allowing(&[&machine, &inside]).get(&machine.url()).await.unwrap();
            assert_eq!(came, Answer { status, body: Vec::new() });
        }
    }
    assert_eq!(inside.visits(), 0);
}

#[tokio::test]
async fn an_answer_has_an_end() {
    let whole = "x".repeat(LARGEST);
    let fits = Machine::answering(format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGEST}\r\n\r\n{whole}"));
    assert_eq!(allowing(&[&fits]).get(&fits.url()).await.unwrap().body.len(), LARGEST);
    let too_large =
        |answer: &Result<Answer, OutgoingError>| matches!(answer, Err(OutgoingError::TooLarge(_)));
    let long =
        Machine::answering(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{whole}x", LARGEST + 1));
    assert!(too_large(&allowing(&[&long]).get(&long.url()).await));
    // One that says nothing of its length and never ends.
    let endless = Machine::start(|mut visitor| {
        let _read = visitor.read(&mut [0; 8_192]);
        let mut written = visitor.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while written.is_ok() {
            written = visitor.write_all(b"400\r\n").and_then(|()| {
                visitor.write_all(&[b'x'; 0x400])?;
                visitor.write_all(b"\r\n")
            });
        }
    });
    assert!(too_large(&allowing(&[&endless]).get(&endless.url()).await));
    assert!(too_large(&allowing(&[&fits]).taking(10).get(&fits.url()).await));
}

#[tokio::test]
async fn nobody_is_waited_for_for_ever() {
    let quick = Patience { connect: Duration::from_millis(300), whole: Duration::from_millis(300) };
    let waits = |machine: &Machine| {
        Outgoing::build(machine.address.to_string().parse().unwrap(), system(), is_public, quick).unwrap()
    };
    let silent = Machine::start(std::mem::forget);
    let answer = waits(&silent).get(&silent.url()).await;
    assert!(matches!(answer, Err(OutgoingError::Late)), "{answer:?}");
    // One that begins and does not go on.
    let halting = Machine::start(|mut visitor| {
        let _read = visitor.read(&mut [0; 8_192]);
        let _written = visitor.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        std::mem::forget(visitor);
    });
    let answer = waits(&halting).get(&halting.url()).await;
    assert!(matches!(answer, Err(OutgoingError::Late)), "{answer:?}");
}

#[tokio::test]
async fn a_form_arrives_with_its_headers() {
    let (send, heard) = std::sync::mpsc::channel();
    let machine = Machine::start(move |mut visitor| {
        let (mut read, mut buffer) = (Vec::new(), [0; 8_192]);
        while !read.ends_with(b"a=1&b=%C3%A9+%26") {
            let count = visitor.read(&mut buffer).unwrap();
            assert!(count > 0, "the form ends too early");
            read.extend_from_slice(&buffer[..count]);
        }
        send.send(String::from_utf8(read).unwrap()).unwrap();
        let _written = visitor.write_all(b"HTTP/1.1 204 Done\r\n\r\n");
    });
    let mut headers = HeaderMap::new();
    headers.insert("authorization", HeaderValue::from_static("Basic eDp5"));
    let fields = [("a", "1"), ("b", "é &")];
    let answer = allowing(&[&machine]).post_form(&machine.url(), headers, &fields).await.unwrap();
    assert_eq!(answer.status, 204);
    let heard = heard.recv().unwrap().to_lowercase();
    assert!(heard.starts_with("post / http/1.1\r\n"), "{heard}");
    for line in
        ["authorization: basic edp5", "content-type: application/x-www-form-urlencoded", "content-length: 16"]
    {
        assert!(heard.contains(&format!("{line}\r\n")), "{heard}");
    }
    assert!(!heard.contains("cookie:") && !heard.contains("referer:"));
}
