//! The end of many: spread over a while, each in good order, and in time whoever does not read.

use std::time::{Duration, Instant};

use outrigger_transport::{Frame, Gone, Limits, Pace, Selection};
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    polling::Polling,
    recorder::What,
    server::{PATIENCE, ROOT, Server, auth},
    shutdown::{LAST_WORD, last_word},
    websocket::{Ws, with_buffer},
};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Begins the end; gives how long it takes, and what cuts it short.
fn end(
    server: &Server,
    notice: u64,
    drain: u64,
    deadline: u64,
) -> (JoinHandle<Duration>, CancellationToken) {
    let pace = Pace { notice: ms(notice), drain: ms(drain), deadline: ms(deadline) };
    let (sockets, cut) = (server.sockets.clone(), CancellationToken::new());
    let cutting = cut.clone();
    let ended = tokio::spawn(async move {
        let began = Instant::now();
        sockets.shutdown(last_word, &pace, &cutting).await;
        began.elapsed()
    });
    (ended, cut)
}

/// Websockets that are in, each under a number.
async fn crowd(server: &Server, count: usize) -> Vec<Ws> {
    let mut crowd = Vec::new();
    for n in 0..count {
        crowd.push(Ws::named(server.address, &n.to_string()).await);
    }
    server.until_open(|counts| counts.sockets == count).await;
    crowd
}

/// When each hears the last word and when its connection ends, in good order.
async fn endings(crowd: Vec<Ws>) -> Vec<(Instant, Instant)> {
    let endings = crowd.into_iter().map(|mut client| {
        tokio::spawn(async move {
            assert_eq!(client.packet().await.as_deref(), Some(LAST_WORD));
            let heard = Instant::now();
            let (rest, in_order) = client.rest().await;
            assert!(in_order, "no close frame");
            // `41` would keep clients from coming back.
            assert!(rest.iter().all(|packet| packet == "1"), "{rest:?}");
            (heard, Instant::now())
        })
    });
    let endings: Vec<_> = endings.collect();
    let mut times = Vec::new();
    for ending in endings {
        times.push(ending.await.unwrap());
    }
    times
}

/// Every socket has ended once, and for the same reason.
async fn all_gone_for_shutdown(server: &Server, count: usize) {
    server.recorder.until_whole().await;
    let log = server.recorder.log();
    let gone: Vec<_> = log.iter().filter(|told| matches!(told.what, What::Gone(_))).collect();
    assert_eq!(gone.len(), count);
    assert!(gone.iter().all(|told| told.what == What::Gone(Gone::Shutdown)), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_end_one_after_the_other_and_behind_the_last_word() {
    const CLIENTS: usize = 200;
    let server = Server::start().await;
    let clients = crowd(&server, CLIENTS).await;
    let (ended, _) = end(&server, 200, 1_500, 12_000);
    let times = endings(clients).await;
    let last_heard = times.iter().map(|(heard, _)| *heard).max().unwrap();
    let mut closed: Vec<_> = times.iter().map(|(_, closed)| *closed).collect();
    closed.sort_unstable();
    assert!(last_heard < closed[0], "everyone hears it before anyone goes");
    assert!(closed[CLIENTS - 1] - closed[0] > ms(1_000), "{:?}", closed[CLIENTS - 1] - closed[0]);
    // Evenly: no half of the clients goes within a quarter of the time.
    for half in closed.windows(CLIENTS / 2) {
        assert!(half[CLIENTS / 2 - 1] - half[0] > ms(1_500 / 4));
    }
    assert!(ended.await.unwrap() < ms(4_000));
    all_gone_for_shutdown(&server, CLIENTS).await;
}

/// Those who came one after the other, from one page with many tabs, do not go one after the other.
#[tokio::test]
async fn the_order_is_not_that_of_coming() {
    const CLIENTS: usize = 40;
    let server = Server::start().await;
    let clients = crowd(&server, CLIENTS).await;
    let (ended, _) = end(&server, 0, 800, 12_000);
    let closed: Vec<_> = endings(clients).await.into_iter().map(|(_, closed)| closed).collect();
    let sorted = closed.windows(2).filter(|pair| pair[0] < pair[1]).count();
    assert!((CLIENTS / 4..CLIENTS * 3 / 4).contains(&sorted), "{sorted} pairs in their order");
    ended.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_cut_short_at_any_time_and_still_in_good_order() {
    for (notice, drain) in [(20_000, 3_000), (0, 20_000)] {
        let server = Server::start().await;
        let clients = crowd(&server, 20).await;
        let (ended, cut) = end(&server, notice, drain, 60_000);
        tokio::time::sleep(ms(300)).await;
        assert!(!ended.is_finished());
        let cutting = Instant::now();
        cut.cancel();
        endings(clients).await;
        ended.await.unwrap();
        assert!(cutting.elapsed() < ms(1_500), "{:?}", cutting.elapsed());
        all_gone_for_shutdown(&server, 20).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn polling_clients_get_what_is_queued_and_then_an_end_that_they_come_back_from() {
    let server = Server::start().await;
    let mut asking = Polling::connect(server.address, &auth("asking")).await;
    let mut away = Polling::connect(server.address, &auth("away")).await;
    let mut late = Polling::connect(server.address, &auth("late")).await;
    server.until_open(|counts| counts.sockets == 3).await;
    let asked = tokio::spawn(async move {
        assert_eq!(asking.packet().await.as_deref(), Some(LAST_WORD));
        asking.packet().await
    });
    for n in 0..40 {
        server.conn("away").send(&Frame::new("n", &n).unwrap());
    }
    let (ended, _) = end(&server, 200, 300, 12_000);
    // A poll that waits ends by itself.
    let asked = timeout(ms(1_500), asked).await.expect("the end of the poll").unwrap();
    assert_eq!(asked.as_deref(), Some("1"));
    for n in 0..40 {
        assert_eq!(away.packet().await.unwrap(), format!(r#"42["n",{n}]"#));
    }
    assert_eq!(away.packet().await.as_deref(), Some(LAST_WORD));
    assert_eq!(away.packet().await.as_deref(), Some("1"));
    ended.await.unwrap();
    // Whoever asks when all is over is told the same, or that there is no such session.
    while let Some(packet) = late.packet().await {
        if packet == "1" {
            break;
        }
        assert_eq!(packet, LAST_WORD);
    }
    all_gone_for_shutdown(&server, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_queued_for_a_slow_websocket_arrives_before_the_end() {
    const EVENTS: usize = 40;
    let server = Server::narrow(Limits::default()).await;
    let stream = with_buffer(server.address, 8 * 1024).await;
    let mut client = Ws::over(stream, server.address).await;
    client.join("/", &auth("slow")).await;
    server.until_open(|counts| counts.sockets == 1).await;
    let text = "x".repeat(8 * 1024);
    for _ in 0..EVENTS {
        assert!(server.conn("slow").send(&Frame::new("n", &text).unwrap()));
    }
    let (ended, _) = end(&server, 0, 100, 12_000);
    for _ in 0..EVENTS {
        assert!(client.packet().await.expect("an event").starts_with(r#"42["n""#));
        tokio::time::sleep(ms(2)).await;
    }
    assert_eq!(client.rest().await, (vec![LAST_WORD.to_owned()], true));
    ended.await.unwrap();
    all_gone_for_shutdown(&server, 1).await;
}

/// Nor do events that a client is sending meanwhile break the order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_is_sending_ends_in_good_order() {
    let server = Server::with(Limits { inbox_packets: 2_000, ..Limits::default() }).await;
    let clients = crowd(&server, 10).await;
    let (ended, _) = end(&server, 0, 500, 12_000);
    let sending = clients.into_iter().map(|mut client| {
        tokio::spawn(async move {
            for n in 0..1_000 {
                if !client.try_say(&format!(r#"42["n",{n}]"#)).await {
                    break;
                }
                tokio::task::yield_now().await;
            }
            client.closed().await;
        })
    });
    for sending in sending.collect::<Vec<_>>() {
        sending.await.unwrap();
    }
    ended.await.unwrap();
    all_gone_for_shutdown(&server, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deadline_holds_with_many_who_do_not_read() {
    const STUCK: usize = 50;
    let limits = Limits { write_stall: PATIENCE * 5, ..Limits::default() };
    let server = Server::narrow(limits).await;
    let mut stuck = Vec::new();
    for n in 0..STUCK {
        let stream = with_buffer(server.address, 4096).await;
        let mut client = Ws::over(stream, server.address).await;
        client.join("/", &auth(&n.to_string())).await;
        stuck.push(client);
    }
    server.until_open(|counts| counts.sockets == STUCK).await;
    let large = Frame::new("large", &"x".repeat(256 * 1024)).unwrap();
    assert_eq!(server.hub.to(&ROOT, &Selection::default()).send(&large), STUCK);
    let mut other = Ws::named(server.address, "other").await;
    server.until_open(|counts| counts.sockets == STUCK + 1).await;
    // The drain has to be shortened for it.
    let (ended, _) = end(&server, 200, 10_000, 4_000);
    assert_eq!(other.packet().await.as_deref(), Some(LAST_WORD));
    assert!(other.rest().await.1);
    let took = ended.await.unwrap();
    assert!((ms(1_500)..ms(4_200)).contains(&took), "{took:?}");
    all_gone_for_shutdown(&server, STUCK + 1).await;
    server.until_open(|counts| counts.sockets == 0).await;
}

/// Whoever looks for sockets that nobody reported gone must leave those alone whose end is being seen to: a client
/// that is told to go by its namespace does not come back by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_who_is_seen_out_is_swept_away() {
    const CLIENTS: usize = 200;
    let sweeping = Limits { sweep_interval: Duration::from_micros(50), ..Limits::default() };
    let server = Server::with(sweeping).await;
    let clients = crowd(&server, CLIENTS).await;
    let (ended, _) = end(&server, 50, 1_000, 12_000);
    endings(clients).await;
    ended.await.unwrap();
    all_gone_for_shutdown(&server, CLIENTS).await;
}
