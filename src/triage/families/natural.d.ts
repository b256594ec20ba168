/** The part of natural 8.1 that is used. Only by its own path: the whole package loads six database clients. */
declare module 'natural/lib/natural/stemmers/porter_stemmer.js' {
  const PorterStemmer: { stem: (word: string) => string };
  export default PorterStemmer;
}
