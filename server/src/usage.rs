//! What this process has used so far, as the kernel counts it. Known on Linux only.

use std::fs;

/// Clock ticks a second in /proc; the kernel's interface fixes them at 100 on every architecture that we build for.
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU seconds of all threads, in user and kernel mode.
pub fn cpu_seconds() -> Option<f64> {
    cpu_seconds_of(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// The most memory that was resident at any time, in megabytes (10⁶ bytes).
pub fn peak_memory_mb() -> Option<f64> {
    peak_memory_mb_of(&fs::read_to_string("/proc/self/status").ok()?)
}

fn cpu_seconds_of(stat: &str) -> Option<f64> {
    // The program's name stands in brackets and may hold blanks; fields 14 and 15 of the line are the times.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_ascii_whitespace().skip(11);
    let user: f64 = times.next()?.parse().ok()?;
    let kernel: f64 = times.next()?.parse().ok()?;
    Some((user + kernel) / TICKS_PER_SECOND)
}

fn peak_memory_mb_of(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.split_ascii_whitespace().next()?.parse().ok()?;
    Some((kibibytes * 1024.0 / 1e5).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_lines_are_read() {
        let stat = "42 (loan) recovery) S 1 1 1 0 -1 0 0 0 0 0 150 25 0 0 20 0 4 0";
        assert_eq!(cpu_seconds_of(stat), Some(1.75));
        assert_eq!(peak_memory_mb_of("VmPeak:\t  1 kB\nVmHWM:\t  10000 kB\n"), Some(10.2));
        assert_eq!(cpu_seconds_of(""), None);
        assert_eq!(peak_memory_mb_of("VmPeak: 1 kB"), None);
    }
}
