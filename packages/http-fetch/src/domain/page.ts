/** A heading and where its section lies in the content: UTF-16 offsets, `start` at the heading, `end` before the next one that is not below it. */
export interface Heading {
  readonly level: number;
  readonly text: string;
  /** The page's own anchor, else a name made of the text as GitHub makes it; unique in the page. */
  readonly anchor: string;
  readonly start: number;
  readonly end: number;
}

/** A link of a page, absolute. */
export interface Link {
  readonly text: string;
  readonly url: string;
}

/** What a page says of itself, in its head or in JSON-LD. Words of the page: nothing has checked them. */
export interface PageFacts {
  readonly title?: string;
  readonly description?: string;
  readonly siteName?: string;
  readonly language?: string;
  readonly byline?: string;
  /** As the page writes it, mostly ISO 8601. */
  readonly published?: string;
  readonly modified?: string;
  readonly canonical?: string;
}

/** What was read out of an answer. Everything in it is the words of the page. */
export interface Page extends PageFacts {
  readonly kind: 'html' | 'feed' | 'sitemap' | 'xml' | 'json' | 'text' | 'pdf';
  /** In the format that was asked for. */
  readonly content: string;
  /** Of Markdown only, in order. */
  readonly outline: readonly Heading[];
  /** Of Markdown only, each URL once, in order. */
  readonly links: readonly Link[];
  /** False where no article was told from what is around it, and the content is the whole page. */
  readonly extracted: boolean;
  /** Whether a limit cut it short; `notes` say which. */
  readonly truncated: boolean;
  readonly charset?: string;
  /** What the reader should know, in our own whole sentences. */
  readonly notes: readonly string[];
}

/** How a page is given back. `html` is cleaned, `json` nothing but JSON, `source` is what came, decoded. Feeds, sitemaps and PDF know text and Markdown alike. */
export type Format = 'markdown' | 'text' | 'html' | 'json' | 'source';

/** What is known of an answer before it is read. */
export interface BodyFacts {
  /** The final one, after redirects. */
  readonly url: string;
  /** Without parameters, in lower case, as the server declared it; empty where it did not. */
  readonly mediaType: string;
  readonly charset?: string;
  readonly format: Format;
  /** JSONPath (RFC 9535) of what is wanted of a JSON, for the format `json`. */
  readonly select?: string;
  /** Whether the body was cut before it came here. */
  readonly truncated?: boolean;
}
