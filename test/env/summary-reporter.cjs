/** Prints `N passed, N failed` as the last line, and fails a run in which no test ran. */
class SummaryReporter {
  onRunComplete(_contexts, results) {
    // A file that cannot be loaded has no tests to count, and must not look like success.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const passed = results.numPassedTests;
    if (passed + failed === 0) this.error = new Error('No test ran');
    // At the very end, because Jest's own summary and the global teardown come after the reporters.
    process.once('exit', () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
  }

  getLastError() {
    return this.error;
  }
}

module.exports = SummaryReporter;
