//! What packs will not allow for want of facts.

use super::*;
use chrono::TimeDelta;
use std::collections::BTreeSet;

/// What the pack says against any action, where somebody was reached ten days ago and nothing is known but their address.
fn wanting(pack: &'static str, zones: &[Tz]) -> BTreeSet<&'static str> {
    let scenes = ActionKind::ALL.map(|kind| {
        Scene::new(pack, kind).with(|s| {
            s.zones = zones.to_vec();
            s.consents.clear();
            s.loan = Loan { limitation_on: None, validation_sent_at: None, ..s.loan };
            s.events = vec![executed(ActionKind::Letter, s.now - TimeDelta::days(10))];
        })
    });
    scenes.iter().flat_map(|scene| scene.answer().rule_ids().collect::<Vec<_>>()).collect()
}

#[test]
fn a_pack_tells_what_it_will_not_allow_for_want_of_facts() {
    for pack in &PACKS {
        for zones in [&[], NEW_YORK] {
            let told: BTreeSet<&str> = pack.gaps(!zones.is_empty()).iter().map(|gap| gap.rule.code()).collect();
            assert_eq!(told, wanting(pack.id, zones), "{} {zones:?}", pack.id);
        }
    }
    assert_eq!(Pack::find("none").expect("a pack").gaps(false), []);
}
