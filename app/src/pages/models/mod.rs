//! The registry of models: which one decides, which one waits, what each is worth.

pub mod api;
mod approval;
mod comparison;
mod folds;
mod insight;
mod promotion;
mod register;
pub mod scoring;
mod watch;

use crate::components::caution_note::CautionNote;
use crate::components::empty::Empty;
use crate::components::field::{ErrorSummary, refusal};
use crate::components::icon::Icon;
use crate::components::leak_note::LeakNote;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::format;
use crate::live::follow;
use api::{PromoteModel, RejectModel, ScoreLoans};
use approval::Waiting;
use chrono::{DateTime, Utc};
use comparison::Comparison;
use domain::id::UserId;
use domain::job::JobStatus;
use domain::model::{ModelCard, ModelState, Promotion};
use domain::scoring_report::ScoringReport;
use folds::Folds;
use insight::{Insights, Shown};
use leptos::prelude::*;
use leptos_meta::Title;
use promotion::TakingOver;
use register::Register;
use scoring::{Reach, Scoring};
use serde::{Deserialize, Serialize};
use watch::Watch;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelsView {
    /// The newest first.
    pub models: Vec<ModelCard>,
    pub viewer: UserId,
    /// Whether the role of who looks approves models.
    pub may_approve: bool,
    /// Whether the role of who looks asks for scorings.
    pub may_score: bool,
    /// The last one that was asked for.
    pub promotion: Option<Promotion>,
    /// Nothing before the first loan is on file.
    pub reach: Option<Reach>,
    /// What the champion's last scoring was watched for, and when it was.
    pub watched: Option<(DateTime<Utc>, ScoringReport)>,
    /// What the champion and what waits lean on.
    pub insights: Vec<Shown>,
}

impl ModelsView {
    fn champion(&self) -> Option<&ModelCard> {
        self.models.iter().find(|model| model.state == ModelState::Champion)
    }

    /// The newest model that never decided and is newer than the champion.
    fn candidate(&self) -> Option<&ModelCard> {
        let champion = self.champion().map_or(0, |champion| champion.version);
        self.models.iter().find(|model| model.state == ModelState::Candidate && model.version > champion)
    }

    /// The model that is on its way to decide.
    fn taking_over(&self) -> Option<&Promotion> {
        self.promotion.as_ref().filter(|promotion| !promotion.job.state.is_finished())
    }

    /// The job that the page follows: a scoring comes after the promotion that asks for it.
    fn job(&self) -> Option<&JobStatus> {
        self.taking_over().map(|promotion| &promotion.job).or_else(|| self.reach.as_ref()?.job.as_ref())
    }

    /// Whether who looks may let a model decide: their role approves, they did not have it trained, and no other one is on its
    /// way.
    fn approves(&self, model: &ModelCard) -> bool {
        self.taking_over().is_none()
            && self.may_approve
            && model.is_approvable()
            && model.fitted_by_user != Some(self.viewer)
    }
}

#[component]
pub fn ModelsPage() -> impl IntoView {
    let promote = ServerAction::<PromoteModel>::new();
    let score = ServerAction::<ScoreLoans>::new();
    let reject = ServerAction::<RejectModel>::new();
    let models = Resource::new(
        move || (promote.version().get(), reject.version().get(), score.version().get()),
        |_| api::list_models(),
    );
    let news = follow(models, ModelsView::job);
    view! {
        <Title text="Models"/>
        {move || {
            let refused = refusal(promote.value().get())
                .or_else(|| refusal(reject.value().get()))
                .or_else(|| refusal(score.value().get()));
            refused.map(|message| view! { <ErrorSummary message/> })
        }}
        <Loaded resource=models let:view>
            {if view.models.is_empty() {
                view! { <NoModel/> }.into_any()
            } else {
                view! { <Models view promote reject score news/> }.into_any()
            }}
        </Loaded>
    }
}

#[component]
fn Models(
    view: ModelsView,
    promote: ServerAction<PromoteModel>,
    reject: ServerAction<RejectModel>,
    score: ServerAction<ScoreLoans>,
    news: ReadSignal<Option<JobStatus>>,
) -> impl IntoView {
    let champion = view.champion().cloned();
    let candidate = view.candidate().cloned();
    let scope = champion.as_ref().map_or_else(
        || "No model decides yet, so no loan has a decision".to_owned(),
        |champion| {
            let since = champion.promoted_at.map(|at| format!(" since {}", format::moment(at))).unwrap_or_default();
            format!("Model {} decides{since}", champion.version)
        },
    );
    let reach = view.reach.clone().filter(|_| champion.is_some());
    let caution = champion.as_ref().and_then(|champion| champion.figures.caution());
    // A training and its own run are written down as one.
    let fitted_at = champion.as_ref().map(|champion| champion.fitted_at);
    view! {
        <PageHead title="Models" scope/>
        {caution.map(|caution| view! { <CautionNote caution/> })}
        {champion.clone().map(|champion| view! { <LeakNote champion/> })}
        {view.promotion.clone().map(|promotion| view! { <TakingOver models=view.models.clone() promotion news/> })}
        {candidate.clone().filter(|_| view.taking_over().is_none()).map(|candidate| view! { <Waiting champion=view.champion().cloned() approves=view.approves(&candidate) viewer=view.viewer may_reject=view.may_approve candidate promote reject/> })}
        {champion.or(candidate.clone()).map(|first| {
            let second = candidate.filter(|candidate| candidate.id != first.id);
            let both = [Some(first.clone()), second.clone()].into_iter().flatten().collect();
            view! {
                <Comparison first second/>
                <Folds models=both/>
            }
        })}
        {view.insights.clone().into_iter().map(|shown| view! { <Insights shown/> }).collect_view()}
        {view.watched.clone().map(|(scored_at, report)| view! { <Watch is_training=fitted_at == Some(scored_at) scored_at report/> })}
        {reach.map(|reach| view! { <Scoring reach may_score=view.may_score score news/> })}
        <Register view promote/>
    }
}

#[component]
fn NoModel() -> impl IntoView {
    view! {
        <PageHead title="Models" scope="Nothing is trained yet"/>
        <section class="card">
            <Empty
                icon=Icon::ChartLine
                title="No models yet"
                text="A model is trained with \"Train and score\" on the page of loan files, once loans are on file."
            />
        </section>
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use chrono::DateTime;
    use domain::id::ModelId;
    use domain::model::{Gate, ModelFigures, Target, TrainingOptions};
    use domain::segment::Segmentation;

    pub fn card(version: i32, state: ModelState, passed: bool) -> ModelCard {
        ModelCard {
            id: ModelId(version.into()),
            version,
            state,
            options: TrainingOptions::default(),
            figures: ModelFigures {
                target: Target::Observed,
                follow_up: None,
                learner: "random forest".to_owned(),
                trees: 100,
                train_rows: 400,
                test_rows: 100,
                auc: Some(0.8),
                auc_interval: Some((0.7, 0.9)),
                accuracy: Some(0.75),
                brier: Some(0.15),
                ks: Some(0.4),
                calibration_error: None,
                is_calibrated: false,
                validation: None,
                leak_alarms: Vec::new(),
                gate: Gate { passed, reason: "A reason.".to_owned() },
            },
            segmentation: Segmentation { inertia: 1.0, segments: Vec::new(), spread: Vec::new(), quality: None },
            notes: Vec::new(),
            fitted_by: "Ann".to_owned(),
            fitted_by_user: Some(UserId(1)),
            fitted_at: DateTime::UNIX_EPOCH,
            promoted_at: None,
            rationale: String::new(),
        }
    }

    #[test]
    fn who_trained_a_model_does_not_approve_it() {
        let check = |viewer, may_approve, model: ModelCard, expected| {
            let view = ModelsView {
                models: vec![model.clone()],
                viewer: UserId(viewer),
                may_approve,
                may_score: false,
                promotion: None,
                reach: None,
                watched: None,
                insights: Vec::new(),
            };
            assert_eq!(view.approves(&model), expected, "{viewer} {may_approve} {model:?}");
        };
        check(2, true, card(2, ModelState::Candidate, true), true);
        check(2, true, card(1, ModelState::Retired, true), true);
        check(1, true, card(2, ModelState::Candidate, true), false);
        check(2, false, card(2, ModelState::Candidate, true), false);
        check(2, true, card(2, ModelState::Candidate, false), false);
        check(2, true, card(2, ModelState::Champion, true), false);
    }

    #[test]
    fn a_candidate_is_newer_than_the_champion() {
        let check = |models: Vec<ModelCard>, expected: Option<i32>| {
            let view = ModelsView {
                models,
                viewer: UserId(1),
                may_approve: true,
                may_score: false,
                promotion: None,
                reach: None,
                watched: None,
                insights: Vec::new(),
            };
            assert_eq!(view.candidate().map(|model| model.version), expected);
        };
        let champion = |version| card(version, ModelState::Champion, true);
        let candidate = |version| card(version, ModelState::Candidate, true);
        check(vec![candidate(3), candidate(2), champion(1)], Some(3));
        check(vec![champion(3), candidate(2)], None);
        check(vec![candidate(1)], Some(1));
        check(vec![], None);
    }
}
