// Stands in for the YAML extension in tests: the same interface for contributors of schemas, and errors where a test wants them.
const vscode = require('vscode');

exports.activate = () => {
  const contributors = new Map();
  const findings = vscode.languages.createDiagnosticCollection('yaml-stand-in');
  return {
    registerContributor(schema, requestSchema, requestSchemaContent) {
      if (contributors.has(schema)) {
        return false;
      }
      contributors.set(schema, { requestSchema, requestSchemaContent });
      return true;
    },
    contributors,
    /** Shows one error as the YAML extension would; without a range none. */
    report(uri, range) {
      const finding = range && new vscode.Diagnostic(range, 'Property is not allowed.');
      if (finding) {
        finding.source = 'yaml-schema: Kubernetes';
      }
      findings.set(uri, finding ? [finding] : []);
    },
  };
};
