//! Tests of lists that are made: how far they have come, and what happens beside them.

use crate::projector::{Projector, StepOutcome};
use crate::tests::support::database::each_database;
use crate::tests::support::history::{BOUNDS, at, history, log, project, refused};
use domain::progress::MakingProgress;

#[tokio::test]
async fn progress_is_told_until_the_last_index_is_there_also_after_a_restart() {
    each_database(async |store| {
        log(&store, &history(4)).await;
        project(&store).await;
        let head = store.last_seq().await.unwrap();
        store.remake_lists(None).await.unwrap();
        store.resume_making(at(0)).await.unwrap();
        let began = MakingProgress { position: 0, target: head, made_from: 0, began_at: Some(at(0)) };
        assert_eq!(store.making_progress().await.unwrap(), Some(began));
        let mut projector = Projector::new(store.clone()).with_batch(10);
        projector.step().await.unwrap();
        // A process that was killed here leaves what is folded, and another one goes on.
        store.make_lists().await.unwrap();
        store.resume_making(at(5)).await.unwrap();
        let resumed = MakingProgress { position: 10, made_from: 10, began_at: Some(at(5)), ..began };
        assert_eq!(store.making_progress().await.unwrap(), Some(resumed));

        // What arrives meanwhile does not move the goal.
        let more: Vec<_> = history(5).into_iter().skip(history(4).len()).collect();
        log(&store, &more).await;
        let mut projector = Projector::new(store.clone()).with_batch(usize::try_from(head).unwrap() - 10);
        assert!(matches!(projector.step().await.unwrap(), StepOutcome::Advanced(_)));
        assert_eq!(store.making_progress().await.unwrap().unwrap().percent(), 100);
        assert_eq!(projector.step().await.unwrap(), StepOutcome::Advanced(0), "the indexes are made");
        assert_eq!(store.making_progress().await.unwrap(), None);
        store.resume_making(at(9)).await.unwrap();
        assert_eq!(store.making_progress().await.unwrap(), None, "lists that are made stay made");
    })
    .await;
}

#[tokio::test]
async fn a_log_that_ends_with_a_refused_request_is_folded_whole() {
    each_database(async |store| {
        log(&store, &history(1)).await;
        store.append(&[], &[refused("msg_bad", 1, "bad_signature", "no signature fits")], BOUNDS).await.unwrap();
        store.remake_lists(None).await.unwrap();
        project(&store).await;
        assert_eq!(store.making_progress().await.unwrap(), None);
    })
    .await;
}
