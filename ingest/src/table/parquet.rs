//! Parquet files: a header of the columns' names, and every value as the text that a CSV would hold.

use super::input::Progress;
use super::rows::{Sink, Stop, guarded};
use crate::error::FileError;
use crate::source::Bounds;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta};
use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, TimeUnit};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::ColumnDescriptor;
use std::fmt::{self, Write};
use std::fs::File;

pub const FORMAT: &str = "Parquet";

/// More of a column than this is not unpacked at a time.
const CHUNK_BYTES_MAX: i64 = 4 << 30;

/// Reads all rows; `bytes_total` is what the progress grows to.
pub fn read(file: File, bytes_total: u64, bounds: &Bounds, progress: &Progress, sink: &mut Sink) -> Result<(), Stop> {
    let reader = guarded(FORMAT, || SerializedFileReader::new(file).map_err(fault))?;
    check(reader.metadata(), bounds)?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    for column in schema.columns() {
        sink.text().push_str(column.name());
        sink.end_field();
    }
    sink.end_row(1)?;
    let rows_total = u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or_default().max(1);
    for (line, row) in (2_u64..).zip(reader) {
        let row = row.map_err(fault)?;
        for ((_, field), column) in row.get_column_iter().zip(schema.columns()) {
            // Writing to a string cannot fail.
            let _ = append(field, column, sink.text());
            sink.end_field();
        }
        sink.end_row(line)?;
        progress.set(bytes_total / rows_total * (line - 1));
    }
    progress.set(bytes_total);
    Ok(())
}

/// Refuses what cannot be read, before anything is.
fn check(metadata: &ParquetMetaData, bounds: &Bounds) -> Result<(), FileError> {
    let schema = metadata.file_metadata().schema_descr();
    let fields = schema.root_schema().get_fields();
    if fields.is_empty() {
        return Err(FileError::Empty);
    }
    for field in fields {
        let info = field.get_basic_info();
        let is_list = info.has_repetition() && info.repetition() == Repetition::REPEATED;
        let kind = match info.converted_type() {
            _ if !field.is_primitive() || is_list => "lists or structures",
            ConvertedType::INTERVAL => "spans of time",
            _ => continue,
        };
        return Err(FileError::OddColumn { column: field.name().to_owned(), kind });
    }
    let mut unpacked = 0_u64;
    for column in metadata.row_groups().iter().flat_map(RowGroupMetaData::columns) {
        if let method @ (Compression::BROTLI(_) | Compression::LZO | Compression::LZ4 | Compression::LZ4_RAW) =
            column.compression()
        {
            let (part, instead) = ("the Parquet file".to_owned(), "snappy, zstd or gzip");
            let method = method.to_string().chars().take_while(|letter| *letter != '(').collect();
            return Err(FileError::PackedOtherwise { part, method, instead });
        }
        let bytes = column.uncompressed_size();
        unpacked = unpacked.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if bytes > CHUNK_BYTES_MAX || unpacked > bounds.expanded_bytes_max {
            return Err(FileError::TooLarge { bytes_max: bounds.expanded_bytes_max });
        }
    }
    Ok(())
}

fn fault(error: ParquetError) -> FileError {
    const DETAIL_CHARS: usize = 160;
    match error {
        ParquetError::EOF(_) => FileError::Truncated { format: FORMAT },
        error => FileError::Damaged { format: FORMAT, detail: error.to_string().chars().take(DETAIL_CHARS).collect() },
    }
}

fn append(field: &Field, column: &ColumnDescriptor, text: &mut String) -> fmt::Result {
    match field {
        Field::Null | Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => Ok(()),
        Field::Bool(value) => write!(text, "{value}"),
        Field::Byte(value) => write!(text, "{value}"),
        Field::Short(value) => write!(text, "{value}"),
        Field::Int(value) => append_int(i64::from(*value), column, text),
        Field::Long(value) => append_int(*value, column, text),
        Field::UByte(value) => write!(text, "{value}"),
        Field::UShort(value) => write!(text, "{value}"),
        Field::UInt(value) => write!(text, "{value}"),
        Field::ULong(value) => write!(text, "{value}"),
        // What is no number is missing.
        Field::Float16(value) if value.is_nan() => Ok(()),
        Field::Float(value) if value.is_nan() => Ok(()),
        Field::Double(value) if value.is_nan() => Ok(()),
        Field::Float16(value) => write!(text, "{}", f32::from(*value) + 0.0),
        Field::Float(value) => write!(text, "{}", value + 0.0),
        Field::Double(value) => write!(text, "{}", value + 0.0),
        // A number without decimals is written with a point at its end.
        Field::Decimal(_) => text.write_str(field.to_string().trim_end_matches('.')),
        Field::Str(value) => text.write_str(value),
        Field::Bytes(value) => append_bytes(value.data(), column, text),
        Field::Date(days) => append_day(i64::from(*days), text),
        Field::TimeMillis(value) => append_time(i64::from(*value) * 1_000_000, text),
        Field::TimeMicros(value) => append_time(value.saturating_mul(1_000), text),
        Field::TimestampMillis(value) => append_moment(DateTime::from_timestamp_millis(*value), *value, text),
        Field::TimestampMicros(value) => append_moment(DateTime::from_timestamp_micros(*value), *value, text),
    }
}

/// Writes a whole number for what newer files say that it stands for.
fn append_int(value: i64, column: &ColumnDescriptor, text: &mut String) -> fmt::Result {
    match column.logical_type_ref() {
        Some(LogicalType::Date) => append_day(value, text),
        Some(LogicalType::Timestamp(kind)) => {
            let moment = match kind.unit {
                TimeUnit::MILLIS => DateTime::from_timestamp_millis(value),
                TimeUnit::MICROS => DateTime::from_timestamp_micros(value),
                TimeUnit::NANOS => Some(DateTime::from_timestamp_nanos(value)),
            };
            append_moment(moment, value, text)
        }
        Some(LogicalType::Time(kind)) => append_time(
            match kind.unit {
                TimeUnit::MILLIS => value.saturating_mul(1_000_000),
                TimeUnit::MICROS => value.saturating_mul(1_000),
                TimeUnit::NANOS => value,
            },
            text,
        ),
        _ => write!(text, "{value}"),
    }
}

/// Bytes that are text are text, whether or not their column says so.
fn append_bytes(bytes: &[u8], column: &ColumnDescriptor, text: &mut String) -> fmt::Result {
    match std::str::from_utf8(bytes) {
        Ok(value) if column.logical_type_ref() != Some(&LogicalType::Uuid) => text.write_str(value),
        _ => bytes.iter().try_for_each(|byte| write!(text, "{byte:02x}")),
    }
}

fn append_day(days: i64, text: &mut String) -> fmt::Result {
    let day = TimeDelta::try_days(days).and_then(|span| NaiveDate::default().checked_add_signed(span));
    match day {
        Some(day) => write!(text, "{day}"),
        None => write!(text, "{days}"),
    }
}

fn append_time(nanos: i64, text: &mut String) -> fmt::Result {
    write!(text, "{}", NaiveTime::MIN + TimeDelta::nanoseconds(nanos))
}

/// Writes a moment, or the number where there is none; midnight is that of a day without a time.
fn append_moment(moment: Option<DateTime<chrono::Utc>>, value: i64, text: &mut String) -> fmt::Result {
    let Some(moment) = moment.as_ref().map(DateTime::naive_utc) else { return write!(text, "{value}") };
    if moment.time() == NaiveTime::MIN { write!(text, "{}", moment.date()) } else { write!(text, "{moment}") }
}
