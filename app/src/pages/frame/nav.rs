//! The navigation: what the person's role may open.

use super::Viewer;
use crate::components::brand::{BrandName, Logo};
use crate::components::icon::{Icon, IconMark};
use domain::access::{Permission, Role};
use leptos::prelude::*;
use leptos_router::components::A;

struct Entry {
    address: &'static str,
    label: &'static str,
    icon: Icon,
    needs: Permission,
}

const GROUPS: [(&str, &[Entry]); 3] = [
    (
        "Work",
        &[
            Entry {
                address: "/dashboard",
                label: "Dashboard",
                icon: Icon::Dashboard,
                needs: Permission::ReadPerformance,
            },
            Entry { address: "/queue", label: "Work queue", icon: Icon::ListCheck, needs: Permission::ReadQueue },
            Entry { address: "/alerts", label: "Alerts", icon: Icon::AlertCircle, needs: Permission::ReadLoans },
            Entry { address: "/notices", label: "Legal notices", icon: Icon::Gavel, needs: Permission::WorkNotices },
            Entry { address: "/letters", label: "Letters", icon: Icon::Mail, needs: Permission::WorkLetters },
            Entry { address: "/loans", label: "Loans", icon: Icon::Users, needs: Permission::ReadLoans },
        ],
    ),
    (
        "Decide",
        &[
            Entry {
                address: "/strategies",
                label: "Strategies",
                icon: Icon::Strategies,
                needs: Permission::ReadPerformance,
            },
            Entry { address: "/segments", label: "Segments", icon: Icon::Segments, needs: Permission::ReadPerformance },
            Entry { address: "/models", label: "Models", icon: Icon::ChartLine, needs: Permission::ReadPerformance },
        ],
    ),
    (
        "Set up",
        &[
            Entry { address: "/uploads", label: "Loan files", icon: Icon::FileUpload, needs: Permission::LoadFiles },
            Entry { address: "/settings", label: "Settings", icon: Icon::Settings, needs: Permission::ChangeSettings },
        ],
    ),
];

#[component]
pub fn Nav(viewer: Viewer) -> impl IntoView {
    let role = viewer.person.role;
    view! {
        <a class="brand" href=role.home()>
            <Logo/>
            <BrandName/>
        </a>
        {GROUPS
            .iter()
            .filter(|(_, entries)| entries.iter().any(|entry| role.may(entry.needs)))
            .map(|(label, entries)| view! { <Group label entries=*entries role/> })
            .collect_view()}
        <p class="app-nav__foot">{viewer.portfolio.name}<br/>{format!("Policy {}", viewer.policy_version)}</p>
    }
}

#[component]
fn Group(label: &'static str, entries: &'static [Entry], role: Role) -> impl IntoView {
    let id = format!("nav-{}", label.to_lowercase().replace(' ', "-"));
    view! {
        <div>
            <p class="app-nav__group" id=id.clone()>{label}</p>
            <ul aria-labelledby=id>
                {entries
                    .iter()
                    .filter(|entry| role.may(entry.needs))
                    .map(|entry| {
                        view! {
                            <li>
                                <A href=entry.address attr:title=entry.label>
                                    <IconMark icon=entry.icon/>
                                    <span>{entry.label}</span>
                                </A>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </div>
    }
}
