//! What models are worth on loans that they were not trained on, side by side.

use crate::components::table::{Column, Table};
use crate::format;
use domain::model::{ExtraChoice, ModelCard, ModelFigures};
use leptos::prelude::*;

/// A line of the comparison: its name, what it means, and its text for a model.
type Line = (&'static str, &'static str, fn(&ModelCard) -> String);

const LINES: [Line; 13] = [
    ("Learns from", "what it predicts", |model| model.figures.target_words()),
    ("Features", "what it looks at", |model| features(model)),
    ("Method", "and its trees", |model| {
        format!("{}, {}", model.figures.learner, format::counted(model.figures.trees, "tree"))
    }),
    ("Learned from", "loans", |model| format::count(model.figures.train_rows)),
    ("Tested on", "loans that it did not see", |model| format::count(model.figures.test_rows)),
    ("AUC", "0.5 = chance, 1 = perfect; 95 % interval", |model| auc(&model.figures)),
    ("AUC over folds", "learned and tested several times; 95 % interval", |model| over_folds(&model.figures)),
    ("Gini", "2 × AUC − 1", |model| share(model.figures.gini())),
    ("KS", "largest gap between the two classes, 0 to 1", |model| share(model.figures.ks)),
    ("Brier score", "lower is better", |model| share(model.figures.brier)),
    ("Calibration error", "how far scores are from rates, 0 = not at all", |model| {
        share(model.figures.calibration_error)
    }),
    ("Scores", "whether they were made rates", |model| {
        if model.figures.is_calibrated { "Calibrated" } else { "As the forest gives them" }.to_owned()
    }),
    ("Accuracy", "share told rightly at 0.5", |model| {
        format::known(model.figures.accuracy, |share| format::percent(share, 1.0))
    }),
];

fn share(figure: Option<f64>) -> String {
    format::known(figure, |figure| format::number(figure, 3))
}

/// The feature set, what is left out of it, and the extra columns.
fn features(model: &ModelCard) -> String {
    let left_out: Vec<&str> = model.options.without.iter().map(|feature| feature.label()).collect();
    let set = match left_out.join(", ") {
        none if none.is_empty() => model.options.features.label().to_owned(),
        left_out => format!("{} without {}", model.options.features.label(), left_out.to_lowercase()),
    };
    match &model.options.extras {
        ExtraChoice::None => set,
        ExtraChoice::Named(names) => format!("{set}, and {}", names.join(", ")),
        ExtraChoice::AllBut(others) if others.is_empty() => format!("{set}, and all extra columns"),
        ExtraChoice::AllBut(others) => format!("{set}, and all extra columns but {}", others.join(", ")),
    }
}

/// The mean area over the folds with its interval.
fn over_folds(figures: &ModelFigures) -> String {
    let auc = figures.validation.as_ref().and_then(|validation| validation.figures.auc);
    format::known(auc, |auc| auc.words())
}

/// The area under the curve with its interval.
pub fn auc(figures: &ModelFigures) -> String {
    let open = if figures.is_auc_open() { ": too few loans to tell" } else { "" };
    let interval = figures.auc_interval.map(|(low, high)| format!(" ({low:.3}–{high:.3}){open}")).unwrap_or_default();
    format::known(figures.auc, |auc| format!("{}{interval}", format::number(auc, 3)))
}

#[component]
pub fn Comparison(
    /// The champion, or else what waits.
    first: ModelCard,
    /// What may follow it.
    second: Option<ModelCard>,
) -> impl IntoView {
    let models: Vec<ModelCard> = [Some(first), second].into_iter().flatten().collect();
    let heads = models.iter().map(|model| Column::text(format!("{} {}", model.state.label(), model.version)));
    let columns = [Column::text("Measure")].into_iter().chain(heads).collect();
    let title = if models.len() > 1 { "Champion and candidate" } else { "Figures" };
    view! {
        <section class="card" aria-labelledby="comparison">
            <div class="card-header"><h2 class="card-title" id="comparison">{title}</h2></div>
            <Table caption="Measures of the models" columns>
                {LINES
                    .iter()
                    .map(|(name, meaning, text)| {
                        view! {
                            <tr>
                                <th scope="row">{*name}<br/><span class="note">{*meaning}</span></th>
                                {models.iter().map(|model| view! { <td>{text(model)}</td> }).collect_view()}
                            </tr>
                        }
                    })
                    .collect_view()}
            </Table>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::models::tests::card;
    use domain::model::ModelState;

    #[test]
    fn an_unknown_area_is_a_dash() {
        let mut figures = card(1, ModelState::Champion, true).figures;
        assert_eq!(auc(&figures), "0.800 (0.700–0.900)");
        (figures.auc, figures.auc_interval) = (Some(1.0), Some((0.3, 1.0)));
        assert_eq!(auc(&figures), "1.000 (0.300–1.000): too few loans to tell");
        (figures.auc, figures.auc_interval) = (None, None);
        assert_eq!(auc(&figures), "—");
        assert_eq!(over_folds(&figures), "—");
    }
}
