//! What models are worth over several folds: each figure with its interval, and the lift of each tenth of the loans.

use crate::components::table::{Column, Table};
use crate::format;
use domain::model::ModelCard;
use domain::validation::{FoldFigure, FoldFigures, Validation};
use leptos::prelude::*;

/// A line of the table: its name, what it means, and its figure.
type Line = (&'static str, &'static str, fn(&FoldFigures) -> Option<FoldFigure>);

const LINES: [Line; 5] = [
    ("AUC", "0.5 = chance, 1 = perfect", |figures| figures.auc),
    ("Gini", "2 × AUC − 1", |figures| figures.gini),
    ("KS", "largest gap between the two classes, 0 to 1", |figures| figures.ks),
    ("Brier score", "lower is better", |figures| figures.brier),
    ("Calibration error", "how far scores are from rates, 0 = not at all", |figures| figures.ece),
];

/// Tenths of the loans in a lift table.
const TENTHS: usize = 10;

/// Of models that were validated on folds; nothing where none was.
#[component]
pub fn Folds(
    /// As in the comparison.
    models: Vec<ModelCard>,
) -> impl IntoView {
    let validated: Vec<(String, Validation)> = models
        .into_iter()
        .filter_map(|model| Some((format!("{} {}", model.state.label(), model.version), model.figures.validation?)))
        .collect();
    (!validated.is_empty()).then(|| view! { <FoldCard validated/> })
}

#[component]
fn FoldCard(validated: Vec<(String, Validation)>) -> impl IntoView {
    let heads = validated.iter().map(|(model, _)| Column::number(model.clone()));
    let columns = [Column::text("Measure")].into_iter().chain(heads).collect();
    let notes = validated.iter().map(|(model, validation)| {
        let (folds, loans) = (format::counted(validation.folds, "fold"), format::counted(validation.loans, "loan"));
        view! { <p class="note">{format!("{model}: {folds} of {loans}. {}.", validation.rule.label())}</p> }
    });
    let notes = notes.collect_view();
    let measures = LINES.iter().map(|(name, meaning, figure)| {
        view! { <Row name=(*name).to_owned() meaning=*meaning cells=cells(&validated, *figure)/> }
    });
    let measures = measures.collect_view();
    let tenths = (0..TENTHS).map(|tenth| {
        let meaning = match tenth {
            0 => "the highest scores; 1 = as often lost as any loan",
            _ if tenth + 1 == TENTHS => "the lowest scores",
            _ => "",
        };
        let lifts = cells(&validated, |figures| figures.lift.get(tenth).copied());
        view! { <Row name=format!("Lift, tenth {}", tenth + 1) meaning cells=lifts/> }
    });
    let tenths = tenths.collect_view();
    view! {
        <section class="card" aria-labelledby="folds">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="folds">"Over folds"</h2>
                    <p class="note">"Learned and tested several times, each time on other loans: the mean and its 95 % interval."</p>
                    {notes}
                </div>
            </div>
            <Table caption="Measures over folds" columns small=true>{measures}{tenths}</Table>
        </section>
    }
}

fn cells(validated: &[(String, Validation)], figure: impl Fn(&FoldFigures) -> Option<FoldFigure>) -> Vec<String> {
    validated
        .iter()
        .map(|(_, validation)| format::known(figure(&validation.figures), |figure| figure.words()))
        .collect()
}

#[component]
fn Row(name: String, meaning: &'static str, cells: Vec<String>) -> impl IntoView {
    let meaning = (!meaning.is_empty()).then(|| view! { <br/><span class="note">{meaning}</span> });
    view! {
        <tr>
            <th scope="row">{name}{meaning}</th>
            {cells.into_iter().map(|cell| view! { <td class="num">{cell}</td> }).collect_view()}
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::models::tests::card;
    use domain::model::ModelState;
    use domain::validation::FoldRule;

    fn figure(mean: f64) -> FoldFigure {
        FoldFigure { mean, interval: Some((mean - 0.01, mean + 0.01)), folds: 5 }
    }

    #[test]
    fn every_figure_and_tenth_is_shown_with_its_interval() {
        let some = |mean| Some(figure(mean));
        let figures = FoldFigures {
            auc: some(0.8),
            ks: some(0.45),
            gini: some(0.6),
            brier: some(0.15),
            ece: some(0.02),
            lift: (0..10).map(|tenth| figure(3.0 - 0.25 * f64::from(tenth))).collect(),
        };
        let mut model = card(3, ModelState::Champion, true);
        model.figures.validation = Some(Validation { folds: 5, rule: FoldRule::Borrower, loans: 500, figures });
        let shown = view! { <Folds models=vec![model, card(4, ModelState::Candidate, true)]/> }.to_html();
        for text in [
            "Champion 3: 5 folds of 500 loans. All loans of a borrower together.",
            "0.800 (0.790–0.810)",
            "0.450 (0.440–0.460)",
            "0.600 (0.590–0.610)",
            "0.150 (0.140–0.160)",
            "0.020 (0.010–0.030)",
            "Lift, tenth 1",
            "3.000 (2.990–3.010)",
            "Lift, tenth 10",
            "0.750 (0.740–0.760)",
        ] {
            assert!(shown.contains(text), "{text} is not in {shown}");
        }
        assert!(!shown.contains("Candidate 4"), "it has no folds");
    }

    #[test]
    fn models_without_folds_show_no_table() {
        let shown = view! { <Folds models=vec![card(1, ModelState::Champion, true)]/> }.to_html();
        assert!(!shown.contains("Over folds"), "{shown}");
    }
}
