//! Line icons (Tabler's, MIT), drawn inline so that they take the colour of the text.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    AlertCircle,
    AlertTriangle,
    ChartLine,
    CircleCheck,
    Dashboard,
    Database,
    Download,
    EyeOff,
    FileUpload,
    FilterOff,
    Gavel,
    InfoCircle,
    ListCheck,
    Lock,
    Mail,
    Menu,
    Moon,
    PlugX,
    Search,
    Segments,
    Settings,
    SignOut,
    Strategies,
    Users,
}

impl Icon {
    /// The strokes, on a 24 × 24 grid.
    fn strokes(self) -> &'static str {
        match self {
            Self::AlertCircle => "M3 12a9 9 0 1 0 18 0a9 9 0 0 0-18 0M12 8v4M12 16h.01",
            Self::AlertTriangle => {
                "M12 9v4M12 16h.01M10.4 3.6L2.3 17.1a1.9 1.9 0 0 0 1.6 2.9h16.200a1.9 1.9 0 0 0 1.6-2.900L13.600 3.600a1.900 1.900 0 0 0-3.200 0z"
            }
            Self::ChartLine => "M4 19h16M4 15l4-6l4 2l4-5l4 4",
            Self::CircleCheck => "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M9 12l2 2l4-4",
            Self::Dashboard => {
                "M5 4h4a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1M5 16h4a1 1 0 0 1 1 1v2a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-2a1 1 0 0 1 1-1M15 12h4a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-4a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1M15 4h4a1 1 0 0 1 1 1v2a1 1 0 0 1-1 1h-4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1"
            }
            Self::Database => "M4 6a8 3 0 1 0 16 0a8 3 0 1 0-16 0M4 6v6a8 3 0 0 0 16 0V6M4 12v6a8 3 0 0 0 16 0v-6",
            Self::Download => "M4 17v2a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-2M7 11l5 5l5-5M12 4v12",
            Self::EyeOff => {
                "M10.585 10.587a2 2 0 0 0 2.829 2.828M16.681 16.673a8.717 8.717 0 0 1-4.681 1.327c-3.600 0-6.600-2-9-6c1.272-2.120 2.712-3.678 4.320-4.674m2.860-1.146a9.055 9.055 0 0 1 1.820-.180c3.600 0 6.600 2 9 6c-.666 1.110-1.379 2.067-2.138 2.870M3 3l18 18"
            }
            Self::FileUpload => {
                "M14 3v4a1 1 0 0 0 1 1h4M17 21H7a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h7l5 5v11a2 2 0 0 1-2 2zM12 11v6M9.500 13.500L12 11l2.500 2.500"
            }
            Self::FilterOff => {
                "M3 3l18 18M9 5h9.500a1 1 0 0 1 .500 1.500L14.700 11M14 14v5l-4-3v-4L5 6.500a1 1 0 0 1 .180-1.316"
            }
            Self::Gavel => {
                "M13 10L5.600 17.400a1.400 1.400 0 0 1-2-2L11 8M10 3l7 7M8.500 9.500l6-6M11.500 12.500l6-6M12 21h8M14 21v-2h4v2"
            }
            Self::InfoCircle => "M3 12a9 9 0 1 0 18 0a9 9 0 0 0-18 0M12 9h.01M11 12h1v4h1",
            Self::ListCheck => {
                "M3.500 5.500L5 7l2.500-2.500M3.500 11.500L5 13l2.500-2.500M3.500 17.500L5 19l2.500-2.500M11 6h9M11 12h9M11 18h9"
            }
            Self::Lock => {
                "M5 13a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2zM11 16a1 1 0 1 0 2 0a1 1 0 0 0-2 0M8 11V7a4 4 0 1 1 8 0v4"
            }
            Self::Mail => "M3 7a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM3 7l9 6l9-6",
            Self::Menu => "M4 6h16M4 12h16M4 18h16",
            Self::Moon => "M12 3c.132 0 .263 0 .393.010a7.500 7.500 0 0 0 7.920 12.446A9 9 0 1 1 12 2.992z",
            Self::PlugX => {
                "M13.550 17.733a5.806 5.806 0 0 1-7.356-4.052a5.810 5.810 0 0 1 1.537-5.627l2.054-2.054l7.165 7.165M4 20l3.500-3.500M15 4l-3.500 3.500M20 9l-3.500 3.500M16 16l4 4M20 16l-4 4"
            }
            Self::Search => "M3 10a7 7 0 1 0 14 0a7 7 0 1 0-14 0M21 21l-6-6",
            Self::Segments => {
                "M12 3v9h9M12 12l-6.400 6.300M20.900 12a9 9 0 1 1-10.800-8.800M15 3.500v5.500h5.500a9 9 0 0 0-5.500-5.500"
            }
            Self::Settings => {
                "M10.325 4.317c.426-1.756 2.924-1.756 3.350 0a1.724 1.724 0 0 0 2.573 1.066c1.543-.940 3.310.826 2.370 2.370a1.724 1.724 0 0 0 1.065 2.572c1.756.426 1.756 2.924 0 3.350a1.724 1.724 0 0 0-1.066 2.573c.940 1.543-.826 3.310-2.370 2.370a1.724 1.724 0 0 0-2.572 1.065c-.426 1.756-2.924 1.756-3.350 0a1.724 1.724 0 0 0-2.573-1.066c-1.543.940-3.310-.826-2.370-2.370a1.724 1.724 0 0 0-1.065-2.572c-1.756-.426-1.756-2.924 0-3.350a1.724 1.724 0 0 0 1.066-2.573c-.940-1.543.826-3.310 2.370-2.370c1 .608 2.296.070 2.572-1.065M9 12a3 3 0 1 0 6 0a3 3 0 0 0-6 0"
            }
            Self::SignOut => {
                "M14 8V6a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h7a2 2 0 0 0 2-2v-2M9 12h12l-3-3M18 15l3-3"
            }
            Self::Strategies => {
                "M12 6a2 2 0 1 0 4 0a2 2 0 1 0-4 0M4 6h8M16 6h4M6 12a2 2 0 1 0 4 0a2 2 0 1 0-4 0M4 12h2M10 12h10M15 18a2 2 0 1 0 4 0a2 2 0 1 0-4 0M4 18h11M19 18h1"
            }
            Self::Users => {
                "M5 7a4 4 0 1 0 8 0a4 4 0 1 0-8 0M3 21v-2a4 4 0 0 1 4-4h4a4 4 0 0 1 4 4v2M16 3.130a4 4 0 0 1 0 7.750M21 21v-2a4 4 0 0 0-3-3.850"
            }
        }
    }
}

/// An icon beside a word. It says nothing of its own to a screen reader.
#[component]
pub fn IconMark(icon: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
            <path d=icon.strokes()/>
        </svg>
    }
}
