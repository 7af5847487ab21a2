//! Makes files of the formats that are no text.

use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::sync::Arc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("is packed");
    encoder.finish().expect("is packed")
}

pub fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A name that ends in a slash makes a folder.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        // Packing much takes long without optimisation.
        let method = if bytes.len() > 1 << 20 { CompressionMethod::STORE } else { CompressionMethod::DEFLATE };
        let options = SimpleFileOptions::default().compression_method(method);
        if name.ends_with('/') {
            writer.add_directory(*name, options).expect("is packed");
        } else {
            writer.start_file(*name, options).expect("is packed");
            writer.write_all(bytes).expect("is packed");
        }
    }
    writer.finish().expect("is packed").into_inner()
}

/// A workbook of sheets, each a name and its rows; style 1 is that of dates, 2 and 3 show
/// percents, 4 a percent sign that is a mere text, 5 five digits, and text 0 is "shared".
pub fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const KINDS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let (mut list, mut relations) = (String::new(), String::new());
    let mut parts = Vec::new();
    for (index, (name, rows)) in sheets.iter().enumerate() {
        let id = index + 1;
        write!(list, r#"<sheet name="{name}" sheetId="{id}" r:id="rId{id}"/>"#).expect("fits");
        write!(relations, r#"<Relationship Id="rId{id}" Type="{KINDS}/worksheet" Target="worksheets/sheet{id}.xml"/>"#)
            .expect("fits");
        let sheet = format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#);
        parts.push((format!("xl/worksheets/sheet{id}.xml"), sheet));
    }
    write!(relations, r#"<Relationship Id="rIdS" Type="{KINDS}/sharedStrings" Target="sharedStrings.xml"/>"#)
        .expect("fits");
    write!(relations, r#"<Relationship Id="rIdT" Type="{KINDS}/styles" Target="styles.xml"/>"#).expect("fits");
    let mut add = |name: &str, text: String| parts.push((name.to_owned(), text));
    let main = format!(r#"<Relationship Id="rId1" Type="{KINDS}/officeDocument" Target="xl/workbook.xml"/>"#);
    add("_rels/.rels", format!(r#"<Relationships xmlns="{PACKAGE}">{main}</Relationships>"#));
    add("xl/workbook.xml", format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{KINDS}"><sheets>{list}</sheets></workbook>"#));
    add("xl/_rels/workbook.xml.rels", format!(r#"<Relationships xmlns="{PACKAGE}">{relations}</Relationships>"#));
    add("xl/sharedStrings.xml", format!(r#"<sst xmlns="{MAIN}"><si><t>shared</t></si></sst>"#));
    let styles = r#"<numFmts><numFmt numFmtId="164" formatCode="0.000%"/><numFmt numFmtId="165" formatCode="0.0&quot;%&quot;"/>
        <numFmt numFmtId="166" formatCode="00000"/></numFmts>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>"#;
    add("xl/styles.xml", format!(r#"<styleSheet xmlns="{MAIN}">{styles}</styleSheet>"#));
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zip(&parts)
}

/// The values of a column.
pub enum Values<'a> {
    Int32(&'a [i32]),
    Int64(&'a [i64]),
    Double(&'a [f64]),
    Bool(&'a [bool]),
    /// Of a column whose values may be missing.
    Text(&'a [Option<&'a str>]),
}

pub fn parquet(schema: &str, columns: &[Values<'_>]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).expect("is a schema"));
    let properties = WriterProperties::builder().set_compression(::parquet::basic::Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).expect("is made");
    let mut group = writer.next_row_group().expect("is made");
    for values in columns {
        let mut column = group.next_column().expect("is made").expect("is there");
        let written = match values {
            Values::Int32(values) => column.typed::<Int32Type>().write_batch(values, None, None),
            Values::Int64(values) => column.typed::<Int64Type>().write_batch(values, None, None),
            Values::Double(values) => column.typed::<DoubleType>().write_batch(values, None, None),
            Values::Bool(values) => column.typed::<BoolType>().write_batch(values, None, None),
            Values::Text(values) => {
                let there: Vec<ByteArray> = values.iter().flatten().map(|value| ByteArray::from(*value)).collect();
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                column.typed::<ByteArrayType>().write_batch(&there, Some(&levels), None)
            }
        };
        written.expect("is written");
        column.close().expect("is written");
    }
    group.close().expect("is written");
    writer.into_inner().expect("is written")
}
