// Findings that another YAML extension shows as well are shown once: theirs, because only ours can be held back. The fixes of ours
// stay: the editor asks for them by place.
import * as vscode from 'vscode';
import { isDoubled, yamlExtension, type Finding } from './model';

type Publish = (uri: vscode.Uri, diagnostics: vscode.Diagnostic[]) => void;

export class Doubles implements vscode.Disposable {
  private readonly published = new Map<string, { diagnostics: vscode.Diagnostic[]; shown: number; next: Publish }>();
  private readonly subscription = vscode.languages.onDidChangeDiagnostics(({ uris }) =>
    uris.forEach((uri) => this.again(uri)),
  );

  publish(uri: vscode.Uri, diagnostics: vscode.Diagnostic[], next: Publish): void {
    const shown = this.single(uri, diagnostics);
    if (diagnostics.length === 0) {
      this.published.delete(uri.toString());
    } else {
      this.published.set(uri.toString(), { diagnostics, shown: shown.length, next });
    }
    next(uri, shown);
  }

  /** Somebody's findings changed; ours, too, bring us here. */
  private again(uri: vscode.Uri): void {
    const known = this.published.get(uri.toString());
    const shown = known === undefined ? [] : this.single(uri, known.diagnostics);
    if (known !== undefined && shown.length !== known.shown) {
      known.shown = shown.length;
      known.next(uri, shown);
    }
  }

  private single(uri: vscode.Uri, diagnostics: vscode.Diagnostic[]): vscode.Diagnostic[] {
    if (diagnostics.length === 0 || vscode.extensions.getExtension(yamlExtension) === undefined) {
      return diagnostics;
    }
    const others = vscode.languages.getDiagnostics(uri).map(findingOf);
    return diagnostics.filter((diagnostic) => !isDoubled(findingOf(diagnostic), others));
  }

  dispose(): void {
    this.subscription.dispose();
  }
}

function findingOf({ range, source, severity, code }: vscode.Diagnostic): Finding {
  const text = typeof code === 'object' ? code.value : code;
  return {
    range,
    source,
    error: severity === vscode.DiagnosticSeverity.Error,
    code: text === undefined ? undefined : String(text),
  };
}
