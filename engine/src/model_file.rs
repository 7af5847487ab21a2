//! A model as bytes: versioned, self-describing, and refused where it is foreign or damaged.
//!
//! Layout, numbers little-endian: magic (8 bytes), version (u32), length of the header (u32), header
//! (JSON: everything but the trees, readable by people), number of trees (u32), number of nodes
//! (u32), roots (u32 each), nodes (bound f64, left child u32, feature u16, training rows u32 each),
//! SHA-256 of all before it (32 bytes).

use crate::calibration::Calibration;
use crate::drift::DriftReference;
use crate::encoding::{Encoding, EncodingError};
use crate::feature::Filling;
use crate::forest::{ForestShapeError, Node, RiskForest};
use crate::model::RiskModel;
use crate::scaler::Scaler;
use domain::feature::Feature;
use domain::model::{ModelFigures, TrainingOptions};
use domain::money::Currency;
use domain::segment::Segmentation;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const MAGIC: &[u8; 8] = b"LRMODEL\n";
const VERSION: u32 = 4;
const CHECKSUM_BYTES: usize = 32;
const NODE_BYTES: usize = 18;

/// Why bytes are no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelFileError {
    #[error("this is not a model of this product")]
    Foreign,
    #[error("the model has format version {found}, but this program reads version {VERSION}: train it anew")]
    Version { found: u32 },
    #[error("the model is damaged: {0}")]
    Damaged(&'static str),
    #[error("the model is damaged: its description cannot be read ({0})")]
    Header(String),
    // The words of the cause are part of the message, so that it is no source, which would be told a second time.
    #[error("the model is damaged: {0}")]
    Encoding(EncodingError),
    #[error("the model is damaged: in its forest, {0}")]
    Forest(ForestShapeError),
}

impl From<EncodingError> for ModelFileError {
    fn from(error: EncodingError) -> Self {
        Self::Encoding(error)
    }
}

impl From<ForestShapeError> for ModelFileError {
    fn from(error: ForestShapeError) -> Self {
        Self::Forest(error)
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    options: TrainingOptions,
    currency: Currency,
    features: Vec<Feature>,
    filling: Filling,
    scaler: Scaler,
    segmentation: Segmentation,
    centers: Vec<Vec<f64>>,
    encoding: Encoding,
    /// Its points are checked as they are read.
    calibration: Option<Calibration>,
    figures: ModelFigures,
    data_hash: String,
    /// Its bands are checked as they are read.
    #[serde(default)]
    reference: Option<DriftReference>,
}

/// The bytes of a model; the same model always gives the same bytes.
pub fn to_bytes(model: &RiskModel) -> Result<Vec<u8>, ModelFileError> {
    let model = model.clone();
    let header = Header {
        options: model.options,
        currency: model.currency,
        features: model.features,
        filling: model.filling,
        scaler: model.scaler,
        segmentation: model.segmentation,
        centers: model.centers,
        encoding: model.encoding,
        calibration: model.calibration,
        figures: model.figures,
        data_hash: model.data_hash,
        reference: model.reference,
    };
    let header = serde_json::to_vec(&header).map_err(|error| ModelFileError::Header(error.to_string()))?;
    let forest = &model.forest;
    let mut bytes = Vec::with_capacity(header.len() + forest_bytes(forest) + 64);
    bytes.extend(MAGIC);
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend((header.len() as u32).to_le_bytes());
    bytes.extend(header);
    bytes.extend((forest.roots.len() as u32).to_le_bytes());
    bytes.extend((forest.nodes.len() as u32).to_le_bytes());
    forest.roots.iter().for_each(|root| bytes.extend(root.to_le_bytes()));
    for (node, cover) in forest.nodes.iter().zip(&forest.covers) {
        bytes.extend(node.bound.to_le_bytes());
        bytes.extend(node.left.to_le_bytes());
        bytes.extend(node.feature.to_le_bytes());
        bytes.extend(cover.to_le_bytes());
    }
    let checksum = Sha256::digest(&bytes);
    bytes.extend(checksum);
    Ok(bytes)
}

/// The length of a forest in a model file, in bytes.
pub fn forest_bytes(forest: &RiskForest) -> usize {
    forest.roots.len() * 4 + forest.nodes.len() * NODE_BYTES
}

/// The model of `bytes`.
pub fn from_bytes(bytes: &[u8]) -> Result<RiskModel, ModelFileError> {
    let mut reader = Reader { left: bytes };
    if reader.take(MAGIC.len()) != Ok(MAGIC) {
        return Err(ModelFileError::Foreign);
    }
    let version = reader.u32()?;
    if version != VERSION {
        return Err(ModelFileError::Version { found: version });
    }
    let body_length = bytes.len().checked_sub(CHECKSUM_BYTES).ok_or(CUT_SHORT)?;
    if Sha256::digest(&bytes[..body_length]).as_slice() != &bytes[body_length..] {
        return Err(ModelFileError::Damaged("its checksum does not fit its content"));
    }
    let header_length = reader.u32()? as usize;
    let header: Header = serde_json::from_slice(reader.take(header_length)?)
        .map_err(|error| ModelFileError::Header(error.to_string()))?;
    check(&header)?;
    let (roots, nodes) = (reader.u32()? as usize, reader.u32()? as usize);
    if reader.left.len() != roots.saturating_mul(4).saturating_add(nodes.saturating_mul(NODE_BYTES)) + CHECKSUM_BYTES {
        return Err(ModelFileError::Damaged("its trees do not have the length that they claim"));
    }
    let roots = (0..roots).map(|_| reader.u32()).collect::<Result<Vec<u32>, _>>()?;
    let (nodes, covers) = (0..nodes).map(|_| reader.node()).collect::<Result<(Vec<Node>, Vec<u32>), _>>()?;
    let columns = header.features.len() + header.filling.marked.len() + header.encoding.names().len();
    let forest = RiskForest::checked(roots, nodes, covers, columns)?;
    Ok(RiskModel {
        options: header.options,
        currency: header.currency,
        features: header.features,
        filling: header.filling,
        scaler: header.scaler,
        segmentation: header.segmentation,
        centers: header.centers,
        encoding: header.encoding,
        calibration: header.calibration,
        forest,
        figures: header.figures,
        data_hash: header.data_hash,
        reference: header.reference,
    })
}

/// The parts of a description must fit each other, so that scoring cannot fail later.
fn check(header: &Header) -> Result<(), ModelFileError> {
    let columns = header.features.len();
    let finite = |values: &[f64]| values.len() == columns && values.iter().all(|value| value.is_finite());
    let segments = &header.segmentation.segments;
    let numbered = segments.iter().enumerate().all(|(place, segment)| segment.number == place as i32);
    let chosen = header.options.chosen_features();
    // Features that are known of no loan are left out.
    let mut places = header.features.iter().map(|feature| chosen.iter().position(|other| other == feature));
    let are_chosen = places.try_fold(None, |before, place| (place > before).then_some(place)).is_some();
    if columns == 0 || !are_chosen {
        Err(ModelFileError::Damaged("its features are not those that were chosen"))
    } else if !header.filling.fits(&header.features) {
        Err(ModelFileError::Damaged("what stands for unknown features does not fit its features"))
    } else if !finite(&header.scaler.mean)
        || !finite(&header.scaler.std)
        || header.scaler.std.iter().any(|std| *std <= 0.0)
    {
        Err(ModelFileError::Damaged("its scale does not fit its features"))
    } else if segments.is_empty() || segments.len() != header.centers.len() || !numbered {
        Err(ModelFileError::Damaged("its segments do not fit its centres"))
    } else if !header.centers.iter().all(|center| finite(center)) {
        Err(ModelFileError::Damaged("its centres do not fit its features"))
    } else {
        Ok(header.encoding.check()?)
    }
}

const CUT_SHORT: ModelFileError = ModelFileError::Damaged("it is cut short");

struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ModelFileError> {
        let (taken, left) = self.left.split_at_checked(count).ok_or(CUT_SHORT)?;
        self.left = left;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelFileError> {
        self.take(N)?.try_into().map_err(|_| CUT_SHORT)
    }

    fn u32(&mut self) -> Result<u32, ModelFileError> {
        self.array().map(u32::from_le_bytes)
    }

    /// A node, and how many training rows passed it.
    fn node(&mut self) -> Result<(Node, u32), ModelFileError> {
        let node = Node {
            bound: f64::from_le_bytes(self.array()?),
            left: u32::from_le_bytes(self.array()?),
            feature: u16::from_le_bytes(self.array()?),
        };
        Ok((node, self.u32()?))
    }
}

#[cfg(test)]
mod tests;
