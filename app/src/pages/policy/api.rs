//! What the page of a policy reads and changes.

use super::PolicyView;
use super::answer::StepAnswer;
use crate::error::AppError;
use leptos::server;

/// A version with its treatments.
#[server(prefix = "/fn", endpoint = "policy")]
pub async fn get_policy(version: String) -> Result<PolicyView, AppError> {
    use crate::guard::{answer, authorise, explain, store};
    use domain::access::Permission;
    use domain::policy::version::PolicyState;
    let person = authorise(Permission::ReadPerformance).await?;
    let (store, scope) = (store(), person.scope());
    let number = version.parse::<i32>().map_err(|_| answer(AppError::NotFound("policy".to_owned())))?;
    let versions = store::policies::list(&store, scope, crate::sign_in::now()).await.map_err(explain)?;
    let is_open = |state| matches!(state, PolicyState::Draft | PolicyState::Submitted);
    let has_open = versions.iter().any(|found| is_open(found.state));
    let found = versions.into_iter().find(|found| found.policy.version == number);
    let version = found.ok_or_else(|| answer(AppError::NotFound("policy".to_owned())))?;
    let portfolio = store::portfolios::get(&store, person.portfolio).await.map_err(explain)?;
    let champion = store::models::champion(&store, scope).await.map_err(explain)?;
    let segments = champion.map(|champion| champion.segmentation.segments).unwrap_or_default();
    Ok(PolicyView {
        version,
        currency: portfolio.currency,
        segments: segments.into_iter().map(|segment| segment.name).collect(),
        may_draft: person.role.may(Permission::DraftPolicies),
        has_open,
    })
}

/// Begins a draft that says what the policy in force says.
#[server(prefix = "/fn", endpoint = "begin_draft")]
pub async fn begin_draft() -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::DraftPolicies).await?;
    let (store, now) = (store(), crate::sign_in::now());
    let change = store::policies::DraftChange::default();
    let id = store::policies::save_draft(&store, person.actor(), person.scope(), change, now).await.map_err(explain)?;
    let versions = store::policies::list(&store, person.scope(), now).await.map_err(explain)?;
    let number = versions.iter().find(|version| version.id == id).map_or(0, |version| version.policy.version);
    leptos_axum::redirect(&format!("/strategies/{number}"));
    Ok(())
}

/// Changes the treatments of a track in the draft.
#[server(prefix = "/fn", endpoint = "save_plan")]
pub async fn save_plan(version: i32, track: String, #[server(default)] steps: Vec<StepAnswer>) -> Result<(), AppError> {
    use super::answer;
    use crate::guard::{answer as refuse, authorise, explain, store};
    let person = authorise(domain::access::Permission::DraftPolicies).await?;
    let (store, scope, now) = (store(), person.scope(), crate::sign_in::now());
    let invalid = |why: String| refuse(AppError::Invalid(why));
    let track = domain::track::Track::find(&track).ok_or_else(|| invalid(format!("{track} is no track.")))?;
    let portfolio = store::portfolios::get(&store, person.portfolio).await.map_err(explain)?;
    let steps = answer::steps(track, &steps, portfolio.currency).map_err(invalid)?;
    let mut body = store::policies::draft_body(&store, scope, version).await.map_err(explain)?;
    *body.plans.of_mut(track) = steps;
    let change = store::policies::DraftChange { bounds: None, body: Some(body) };
    store::policies::save_draft(&store, person.actor(), scope, change, now).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/strategies/{version}"));
    Ok(())
}

/// Changes the bands of authority in the draft, and how much the offers let go that plans draft.
#[server(prefix = "/fn", endpoint = "save_authority")]
pub async fn save_authority(
    version: i32,
    agent: u8,
    lead: u8,
    executive: u8,
    drafted: Option<u8>,
) -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, store};
    use domain::access::Role;
    use domain::policy::version::Authority;
    let person = authorise(domain::access::Permission::DraftPolicies).await?;
    let (store, scope) = (store(), person.scope());
    let bands = [(Role::Agent, agent), (Role::Lead, lead), (Role::Executive, executive)];
    if bands.iter().any(|(_, percent)| *percent > 100) {
        return Err(answer(AppError::Invalid("Authority: choose a percentage from 0 to 100.".to_owned())));
    }
    let most = agent.max(lead).max(executive);
    if drafted.is_some_and(|percent| percent > most) {
        let why = format!("Drafted offers: nobody may send an offer that lets more than {most} % go. Choose less.");
        return Err(answer(AppError::Invalid(why)));
    }
    let mut body = store::policies::draft_body(&store, scope, version).await.map_err(explain)?;
    body.offers.haircut_percent = drafted.unwrap_or(body.offers.haircut_percent);
    body.authority = bands.map(|(role, haircut_max_percent)| Authority { role, haircut_max_percent }).to_vec();
    let change = store::policies::DraftChange { bounds: None, body: Some(body) };
    store::policies::save_draft(&store, person.actor(), scope, change, crate::sign_in::now()).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/strategies/{version}"));
    Ok(())
}
