BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE answer_documents (
	answer VARCHAR NOT NULL, 
	doc_id VARCHAR NOT NULL, 
	cited INTEGER NOT NULL, 
	PRIMARY KEY (answer, doc_id)
);
INSERT INTO "answer_documents" VALUES('firstanswer00001','6f9fbfffff99',1);
INSERT INTO "answer_documents" VALUES('9a276adbb528dcba','6f9fbfffff99',0);
CREATE TABLE answers (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id VARCHAR NOT NULL, 
	created VARCHAR NOT NULL, 
	caller TEXT NOT NULL, 
	basis VARCHAR NOT NULL, 
	reason VARCHAR, 
	question TEXT, 
	rewritten TEXT, 
	history TEXT, 
	salt VARCHAR, 
	visibility VARCHAR NOT NULL, 
	record TEXT NOT NULL, 
	previous VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	UNIQUE (id)
);
INSERT INTO "answers" VALUES(1,'firstanswer00001','2026-11-25T06:55:45.541Z','甲','grounded',NULL,'补助标准是多少？',NULL,NULL,'7f0de0554916a1828731cc797289cd8d','public','{"answer":{"basis":"grounded","citations":[{"doc_id":"6f9fbfffff99","end":16,"external_id":null,"issued":"2022-12-01","issuer":"云州市人民政府","kind":"policy","n":1,"number":"云政发〔2022〕8号","page":null,"path":[],"quote":"每平方米三百元","revision":1,"sha256":"aa4ca091d1a795b8852cc5df1c47edd01aea069a20be22df2bceba25a2cabe86","start":9,"status":"in_force","title":"云州市补助办法","url":"/documents/6f9fbfffff99#c=9-16"}],"claims":[{"citations":[1],"end":7,"start":0,"text":"每平方米三百元"}],"created":"2026-11-25T06:55:45.541Z","generation":1,"hits":[],"id":"firstanswer00001","kind":"policy","model":"quoting","notes":[],"reason":null,"text":"每平方米三百元[1]","took_ms":1.5},"context":{},"documents":{"6f9fbfffff99":1},"filters":{"kind":["standard"],"visibility":["public","internal","restricted"]},"k":10,"question_sha256":"08a0bb4f7815fda335abdf82f743a5ff57b7003dae815ce52017493cb0959586"}','0000000000000000000000000000000000000000000000000000000000000000','0d28fd46bcda1b28be329707434e20694823dfbe3acc29589cabf616d3470ab1');
INSERT INTO "answers" VALUES(2,'9a276adbb528dcba','2026-11-25T06:55:45.548Z','乙','none','no_hit','火星上的补助？',NULL,NULL,'3fc8ebbb6bb00a3139c392f4aac04546','public','{"answer":{"basis":"none","citations":[],"claims":[],"created":"2026-11-25T06:55:45.548Z","generation":1,"hits":[{"doc_id":"6f9fbfffff99","end":4,"external_id":null,"highlights":[[0,2]],"issued":"2022-12-01","issuer":"云州市人民政府","kind":"policy","number":"云政发〔2022〕8号","page":null,"passage_id":1,"path":[],"ranks":{"lexical":1},"revision":1,"score":0.5,"start":0,"status":"in_force","text":"第一条 ","title":"云州市补助办法","url":"/documents/6f9fbfffff99#c=0-4"}],"id":"9a276adbb528dcba","kind":"policy","model":"quoting","notes":[],"reason":"no_hit","text":"没有找到依据。","took_ms":0.3},"context":{},"documents":{"6f9fbfffff99":0},"filters":{"kind":["standard"],"visibility":["public","internal","restricted"]},"k":10,"question_sha256":"6bd59462f8bd48de1324c5808be0bc520db1e3bafe385733bf968bf886716787"}','0d28fd46bcda1b28be329707434e20694823dfbe3acc29589cabf616d3470ab1','4188b75c814d5504869f381280c3a16fae4f2fba01cf165e85beecc4f3d94464');
CREATE TABLE counters (
	name VARCHAR NOT NULL, 
	value INTEGER NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('generation',3);
CREATE TABLE documents (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	doc_id VARCHAR NOT NULL, 
	"key" TEXT NOT NULL, 
	external_id TEXT, 
	title TEXT NOT NULL, 
	number TEXT, 
	issuer TEXT, 
	issued VARCHAR, 
	effective VARCHAR, 
	expires VARCHAR, 
	status VARCHAR NOT NULL, 
	status_reason TEXT, 
	stated_status VARCHAR, 
	kind VARCHAR NOT NULL, 
	region TEXT, 
	visibility VARCHAR NOT NULL, 
	source TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	bytes_sha256 VARCHAR NOT NULL, 
	evidence TEXT NOT NULL, 
	details TEXT NOT NULL, 
	overrides TEXT NOT NULL, 
	removed VARCHAR, 
	generation INTEGER NOT NULL, 
	UNIQUE (doc_id), 
	UNIQUE ("key")
);
INSERT INTO "documents" VALUES(1,'6f9fbfffff99','云州市补助办法',NULL,'云州市补助办法','云政发〔2022〕8号','云州市人民政府','2022-12-01','2023-01-01',NULL,'in_force','自2023年1月1日起施行，未见废止、失效依据',NULL,'policy',NULL,'public','云州市补助办法',1,'aa4ca091d1a795b8852cc5df1c47edd01aea069a20be22df2bceba25a2cabe86','aa4ca091d1a795b8852cc5df1c47edd01aea069a20be22df2bceba25a2cabe86','{}','{}','{}',NULL,1);
INSERT INTO "documents" VALUES(2,'341be552d9f2','云州市旧补助办法',NULL,'云州市旧补助办法',NULL,NULL,NULL,NULL,NULL,'unknown','文中没有日期，也没有关于效力的说明',NULL,'policy',NULL,'public','云州市旧补助办法',1,'a778b89b885085cc03b9b476a18d93c031155bb9c97ba9405fd9914c045dbada','a778b89b885085cc03b9b476a18d93c031155bb9c97ba9405fd9914c045dbada','{}','{}','{}',NULL,3);
CREATE TABLE erasures (
	seq INTEGER NOT NULL, 
	created VARCHAR NOT NULL, 
	author TEXT NOT NULL, 
	answers TEXT NOT NULL, 
	previous VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	PRIMARY KEY (seq)
);
CREATE TABLE gone (
	passage INTEGER NOT NULL, 
	generation INTEGER NOT NULL, 
	PRIMARY KEY (passage)
);
CREATE TABLE keys (
	id VARCHAR NOT NULL, 
	name TEXT NOT NULL, 
	hash VARCHAR NOT NULL, 
	scopes TEXT NOT NULL, 
	visibility TEXT NOT NULL, 
	origins TEXT NOT NULL, 
	rate INTEGER, 
	expires VARCHAR, 
	created VARCHAR NOT NULL, 
	revoked VARCHAR, 
	PRIMARY KEY (id), 
	UNIQUE (hash), 
	UNIQUE (name)
);
CREATE TABLE ledger_head (
	id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	hash VARCHAR NOT NULL, 
	seal VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "ledger_head" VALUES(1,3,'6ab2f4daaf936552219f994455e747c19af6bbb88c7b5907d5968e07504e0b5c','2f7aaab480dafe8dce35205667284af0c7d80b7da05c01be42d0ef7a8c069757');
CREATE TABLE passages (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	document INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	page INTEGER, 
	path TEXT NOT NULL, 
	text TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	FOREIGN KEY(document) REFERENCES documents (id)
);
INSERT INTO "passages" VALUES(1,1,1,0,56,NULL,'','第一条 补助标准为每平方米三百元。
第二条 申请应当在三十日内提出。
第三条 本办法自2023年1月1日起施行。',1);
INSERT INTO "passages" VALUES(2,2,1,0,17,NULL,'','第一条 补助标准为每平方米一百元。',2);
CREATE TABLE relations (
	id INTEGER NOT NULL, 
	document INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	type VARCHAR NOT NULL, 
	title TEXT NOT NULL, 
	number TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(document) REFERENCES documents (id)
);
CREATE TABLE reviews (
	id INTEGER NOT NULL, 
	answer VARCHAR NOT NULL, 
	verdict VARCHAR NOT NULL, 
	note TEXT NOT NULL, 
	author TEXT NOT NULL, 
	created VARCHAR NOT NULL, 
	seq INTEGER NOT NULL, 
	previous VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (seq)
);
INSERT INTO "reviews" VALUES(3,'firstanswer00001','correct','无误','张三','2026-11-25T06:55:45.553Z',3,'4188b75c814d5504869f381280c3a16fae4f2fba01cf165e85beecc4f3d94464','6ab2f4daaf936552219f994455e747c19af6bbb88c7b5907d5968e07504e0b5c');
CREATE TABLE revisions (
	document INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	bytes_sha256 VARCHAR NOT NULL, 
	name TEXT NOT NULL, 
	text TEXT NOT NULL, 
	outline BLOB NOT NULL, 
	layout BLOB NOT NULL, 
	added VARCHAR NOT NULL, 
	PRIMARY KEY (document, number), 
	FOREIGN KEY(document) REFERENCES documents (id)
);
INSERT INTO "revisions" VALUES(1,1,'aa4ca091d1a795b8852cc5df1c47edd01aea069a20be22df2bceba25a2cabe86','aa4ca091d1a795b8852cc5df1c47edd01aea069a20be22df2bceba25a2cabe86','云州市补助办法','第一条 补助标准为每平方米三百元。
第二条 申请应当在三十日内提出。
第三条 本办法自2023年1月1日起施行。',X'78018B8E0500011500B9',X'7801AB562A484C4F2D56B28A8ED5514ACAAF80306B015CBF07C2','2026-11-25T06:55:45.524Z');
INSERT INTO "revisions" VALUES(2,1,'a778b89b885085cc03b9b476a18d93c031155bb9c97ba9405fd9914c045dbada','a778b89b885085cc03b9b476a18d93c031155bb9c97ba9405fd9914c045dbada','云州市旧补助办法','第一条 补助标准为每平方米一百元。',X'78018B8E0500011500B9',X'7801AB562A484C4F2D56B28A8ED5514ACAAF80306B015CBF07C2','2026-11-25T06:55:45.531Z');
CREATE TABLE status_overrides (
	id INTEGER NOT NULL, 
	document INTEGER NOT NULL, 
	status VARCHAR, 
	reason TEXT NOT NULL, 
	author TEXT NOT NULL, 
	created VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(document) REFERENCES documents (id)
);
INSERT INTO "status_overrides" VALUES(1,2,'repealed','市政府常务会议决定','李四','2026-11-25T06:55:45.556Z');
CREATE INDEX answer_documents_doc ON answer_documents (doc_id);
CREATE INDEX answers_created ON answers (created);
CREATE INDEX documents_bytes ON documents (bytes_sha256);
CREATE INDEX documents_generation ON documents (generation);
CREATE INDEX documents_external ON documents (external_id);
CREATE INDEX gone_generation ON gone (generation);
CREATE INDEX reviews_answer ON reviews (answer);
CREATE INDEX passages_document ON passages (document);
CREATE INDEX passages_generation ON passages (generation);
CREATE INDEX relations_document ON relations (document);
CREATE INDEX status_overrides_document ON status_overrides (document);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('documents',2);
INSERT INTO "sqlite_sequence" VALUES('passages',2);
INSERT INTO "sqlite_sequence" VALUES('answers',2);
COMMIT;
