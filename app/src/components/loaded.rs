//! What a page's resource gives: its shape while it loads, the error, or the content.

use crate::components::empty::ErrorState;
use crate::error::AppError;
use leptos::prelude::*;

/// Waits for a page's resource. `children` draw what it gave.
#[component]
pub fn Loaded<T, V, F>(resource: Resource<Result<T, AppError>>, children: F) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=Skeleton>
            {
                let children = children.clone();
                move || {
                    let children = children.clone();
                    Suspend::new(async move {
                        match resource.await {
                            Ok(value) => children(value).into_any(),
                            Err(error) => view! { <ErrorState error/> }.into_any(),
                        }
                    })
                }
            }
        </Transition>
    }
}

/// The shape of content that is on its way.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <div class="card" aria-busy="true">
            <div class="card-body stack">
                <span class="visually-hidden">"Loading"</span>
                <span class="skeleton skeleton--short"></span>
                <span class="skeleton"></span>
                <span class="skeleton"></span>
                <span class="skeleton skeleton--short"></span>
            </div>
        </div>
    }
}
