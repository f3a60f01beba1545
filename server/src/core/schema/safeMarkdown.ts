// Descriptions of schemas come from whoever wrote the definition, a stranger's repository included: as Markdown they may neither run a command
// nor fetch a picture, and what looks like a tag stays text.

export function safeMarkdown(text: string): string {
  return text
    .replaceAll('<', '&lt;')
    .replaceAll('![', '!\\[')
    .replace(/(\]\(|\]:)(\s*)(?=(?:command|vscode|vscode-insiders|file|data|javascript)\s*:)/gi, '\\$1$2');
}
