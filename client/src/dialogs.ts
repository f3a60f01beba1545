// Questions to the person, behind one small interface: inside a test run the editor refuses modal dialogs.
import * as vscode from 'vscode';

export interface Question {
  message: string;
  detail: string;
  /** In order of importance; the first is what was asked for. */
  buttons: string[];
}

export interface Dialogs {
  /** A modal question; undefined when it was dismissed. */
  ask(question: Question): Promise<string | undefined>;
  /** Asks for a text that must be exactly this one. */
  askExactly(text: string, prompt: string): Promise<boolean>;
  /** A notification that waits; undefined when it was closed. */
  tell(kind: 'info' | 'warning' | 'error', message: string, ...buttons: string[]): Promise<string | undefined>;
}

export const editorDialogs: Dialogs = {
  async ask({ message, detail, buttons }) {
    return vscode.window.showWarningMessage(message, { modal: true, detail }, ...buttons);
  },
  async askExactly(text, prompt) {
    const answer = await vscode.window.showInputBox({
      prompt,
      placeHolder: text,
      ignoreFocusOut: true,
      validateInput: (value) =>
        value === '' || value === text
          ? undefined
          : text.startsWith(value)
            ? undefined
            : `Type ${text}, or press Escape.`,
    });
    return answer === text;
  },
  async tell(kind, message, ...buttons) {
    const show = {
      info: vscode.window.showInformationMessage,
      warning: vscode.window.showWarningMessage,
      error: vscode.window.showErrorMessage,
    }[kind];
    return show(message, ...buttons);
  },
};
