interface LintContext {
  filename: string;
  report(finding: { node: unknown; message: string }): void;
}
declare const plugin: {
  rules: {
    layering: {
      create(context: LintContext): { ImportDeclaration(node: { source: { value: string } }): void };
    };
  };
};
export default plugin;
