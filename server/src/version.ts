// The product's version: the bundler writes it in from package.json; compiled sources say that they are that.
declare const PLUMBLINE_VERSION: string | undefined;

export const version: string = typeof PLUMBLINE_VERSION === 'string' ? PLUMBLINE_VERSION : 'development';
