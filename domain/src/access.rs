//! Who may do what, and whose loans a person may see.

use crate::id::{JobId, PortfolioId, UserId};
use crate::loan::words;
use crate::team::Team;
use crate::track::Track;
use serde::{Deserialize, Serialize};

words!(
    /// What a person does with the product.
    Role {
        Admin = "admin", "Administrator";
        Executive = "executive", "Executive";
        Lead = "lead", "Team lead";
        Agent = "agent", "Recovery agent";
    }
);

/// The shortest password that is accepted, in characters.
pub const PASSWORD_LENGTH_MIN: usize = 12;

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See the figures of the whole portfolio, and its strategies.
    ReadPerformance,
    /// See loans within one's scope.
    ReadLoans,
    /// Offer settlements and repayment plans on loans within one's scope, and write down what became of them. How much
    /// may be let go hangs on the policy's bands of authority.
    Settle,
    /// See the loans to be worked next.
    ReadQueue,
    /// Send loan files, train models, score loans.
    LoadFiles,
    /// Let a model that somebody else trained decide, and take models away.
    ApproveModels,
    /// Draft other bounds, treatments and bands of authority.
    DraftPolicies,
    /// Let a policy that somebody else drafted hold, and take one back.
    ApprovePolicies,
    /// Begin to carry treatments out, and stop it.
    StartTreatments,
    /// See legal notices within one's scope, change the words of drafts, and write down their service.
    WorkNotices,
    /// Let a legal notice be served whose words somebody else wrote.
    ApproveNotices,
    /// Put a loan on another track than the policy does, and give it back to the policy.
    OverrideTracks,
    /// See letters within one's scope, print them, and write down their posting.
    WorkLetters,
    /// Change the words that are sent to borrowers.
    ChangeTemplates,
    /// Choose the rules by which borrowers are reached.
    ChangeSettings,
    /// Record that a borrower, an address or a loan is to be left alone. Whoever learns of a reason may.
    SetHolds,
    /// Say that a reason to leave somebody alone is over, so that they are reached again.
    EndHolds,
}

impl Role {
    pub fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::ReadPerformance => matches!(self, Self::Admin | Self::Executive | Self::Lead),
            Permission::ReadLoans | Permission::Settle | Permission::SetHolds => true,
            Permission::ReadQueue | Permission::WorkNotices | Permission::WorkLetters => {
                matches!(self, Self::Admin | Self::Lead | Self::Agent)
            }
            Permission::ApproveNotices => matches!(self, Self::Admin | Self::Lead),
            Permission::LoadFiles | Permission::ChangeSettings => self == Self::Admin,
            Permission::DraftPolicies | Permission::EndHolds | Permission::OverrideTracks => {
                matches!(self, Self::Admin | Self::Executive | Self::Lead)
            }
            Permission::ApproveModels
            | Permission::ApprovePolicies
            | Permission::StartTreatments
            | Permission::ChangeTemplates => matches!(self, Self::Admin | Self::Executive),
        }
    }

    /// The page that a person of this role opens first.
    pub fn home(self) -> &'static str {
        match self {
            Self::Agent => "/queue",
            Self::Admin | Self::Executive | Self::Lead => "/dashboard",
        }
    }
}

/// A person who has signed in. Whoever holds one may act as that person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub portfolio: PortfolioId,
    pub team: Option<Team>,
}

impl SignedIn {
    /// The loans that this person may see: agents those of their team's track, others all of the portfolio.
    pub fn scope(&self) -> Scope {
        let reach = match (self.role, &self.team) {
            (Role::Agent, Some(team)) => Reach::Track(team.track),
            (Role::Agent, None) => Reach::Nothing,
            _ => Reach::Portfolio,
        };
        Scope { portfolio: self.portfolio, reach }
    }

    pub fn actor(&self) -> Actor {
        Actor::User(self.id)
    }
}

/// The limits of a read. Every read of the store takes one, so that no query can forget them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    pub portfolio: PortfolioId,
    pub reach: Reach,
}

impl Scope {
    /// All loans of a portfolio, for jobs and the command line.
    pub fn whole(portfolio: PortfolioId) -> Self {
        Self { portfolio, reach: Reach::Portfolio }
    }
}

/// Which loans of a portfolio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Portfolio,
    Track(Track),
    Nothing,
}

/// Who made a change. Every write of the store takes one, so that the audit trail is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    User(UserId),
    Job(JobId),
    CommandLine,
    /// The program's own clock.
    Schedule,
    /// Somebody who has not signed in.
    Visitor,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Job(id) => write!(f, "job:{id}"),
            Self::CommandLine => f.write_str("command line"),
            Self::Schedule => f.write_str("schedule"),
            Self::Visitor => f.write_str("visitor"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TeamId;

    fn person(role: Role, team: Option<Track>) -> SignedIn {
        SignedIn {
            id: UserId(1),
            name: "A".into(),
            email: "a@example.test".into(),
            role,
            portfolio: PortfolioId(7),
            team: team.map(|track| Team { id: TeamId(1), name: "T".into(), track }),
        }
    }

    #[test]
    fn agents_see_their_track_and_nothing_without_a_team() {
        assert_eq!(person(Role::Agent, Some(Track::Legal)).scope().reach, Reach::Track(Track::Legal));
        assert_eq!(person(Role::Agent, None).scope().reach, Reach::Nothing);
        assert_eq!(person(Role::Lead, Some(Track::Legal)).scope().reach, Reach::Portfolio);
        assert_eq!(person(Role::Executive, None).scope().reach, Reach::Portfolio);
    }

    #[test]
    fn only_admins_load_files_and_agents_do_not_see_performance() {
        for role in Role::ALL {
            assert_eq!(role.may(Permission::LoadFiles), role == Role::Admin);
            assert_eq!(role.may(Permission::ReadPerformance), role != Role::Agent);
            assert_eq!(role.may(Permission::ReadQueue), role != Role::Executive);
            assert_eq!(role.may(Permission::ChangeSettings), role == Role::Admin);
            assert!(role.may(Permission::SetHolds), "whoever learns of a reason may say so");
            assert_eq!(role.may(Permission::EndHolds), role != Role::Agent);
            assert_eq!(role.may(Permission::OverrideTracks), role != Role::Agent);
        }
    }
}
