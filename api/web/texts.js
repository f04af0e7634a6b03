// Every word the pages show. `zh` is the default; `en` is chosen in the top bar.
// Keys with a dot before a code (`status.repealed`) name the service's own codes.

const zh = {
  "brand": "政策知识库", "unknown": "未知", "close": "关闭", "cancel": "取消", "retry": "重试", "loading": "正在载入…",
  "skip": "跳到提问框", "skip.text": "跳到正文", "skip.answers": "跳到答案列表",
  "nav.label": "主导航", "nav.ask": "问答", "nav.audit": "审计台", "nav.docs": "接口文档", "nav.demo": "嵌入演示", "language.other": "English", "language.short": "EN",
  "theme.auto": "外观：跟随系统（点按切换）", "theme.light": "外观：浅色（点按切换）", "theme.dark": "外观：深色（点按切换）",

  "status.in_force": "现行有效", "status.amended": "已修改", "status.partly_repealed": "部分废止", "status.repealed": "已废止",
  "status.expired": "已失效", "status.not_yet": "尚未生效", "status.unknown": "时效未知",
  "kind.standard": "标准", "kind.action": "行动", "kind.case": "案例", "kind.policy": "政策", "kind.mixed": "综合",
  "visibility.public": "公开", "visibility.internal": "内部", "visibility.restricted": "受限",
  "ranker.lexical": "词面排第", "ranker.dense": "语义排第", "ranker.number": "文号排第", "ranker.rerank": "重排后第",

  "tab.label": "用途", "tab.ask": "问答", "tab.search": "检索",
  "ask.label": "您的问题或检索词", "ask.placeholder": "请输入问题，例如：怎样申报？", "ask.send": "提问", "ask.stop": "停止", "ask.tooLong": "最多 {most} 字，现有 {n} 字；请删去 {over} 字后再提交。",
  "search.placeholder": "请输入检索词或文号", "search.send": "检索", "search.mode": "检索方式",
  "mode.hybrid": "综合", "mode.lexical": "按词面", "mode.dense": "按语义",
  "search.title": "检索政策原文", "search.lead": "逐段查找政策原文，输入文号可直接找到文件。可按类别、机关、地区、年份和时效筛选。",
  "search.found": "最相关的 {n} 段原文，用时 {ms} 毫秒", "search.none": "没有找到相符的原文。", "search.more": "显示更多", "search.noneHint": "请换一种说法、减少检索词，或放宽筛选条件。",

  "welcome.title": "向政策文件提问，句句有据", "welcome.lead": "每一句回答都附原文出处，点按数字即可核对；文件里没有依据的，会如实说明。", "welcome.try": "可以这样问", "welcome.empty": "库里还没有文件", "welcome.emptyLead": "先添加政策文件，添加之后就可以提问和检索。",
  "conversation.title": "对话", "conversation.new": "新对话", "conversation.none": "还没有对话。对话只保存在这台设备的浏览器里。", "conversation.delete": "删除对话：{title}", "conversation.deleted": "已删除一段对话。", "conversation.undo": "撤销", "conversation.undoOf": "撤销删除：{title}",
  "side.label": "对话与筛选",

  "answer.streaming": "正在写出的回答", "answer.looking": "正在查找依据…", "answer.found": "找到 {n} 处相关原文，正在核对引文…", "answer.stopped": "已停止。", "answer.askAgain": "重新提问", "answer.ready": "回答完成，引用原文 {n} 处。",
  "answer.rewritten": "结合上文理解为：", "answer.sources": "依据（{n} 处原文）", "answer.quoting": "摘录原文", "answer.took": "{ms} 毫秒",
  "answer.copy": "复制（含脚注）", "answer.copied": "已复制", "answer.notCopied": "未能复制，请手动选择文字。", "answer.export": "导出为 {format}", "answer.saved": "已导出", "answer.link": "复制链接",
  "copy.question": "问：", "copy.note": "提示：",
  "within.as_of": "按 {date} 的规定", "within.filters": "筛选条件：{limits}", "within.kind": "类别 {value}", "within.issuer": "发文机关 {value}", "within.region": "地区 {value}", "within.status": "时效 {value}", "within.number": "文号 {value}", "within.issued_from": "成文日期不早于 {value}", "within.issued_to": "成文日期不晚于 {value}", "within.doc_id": "限于所选文件 {n} 份",
  "citation.label": "引文", "citation.chip": "引文 {n}：{title}", "citation.open": "打开原文",
  "source.label": "原文", "source.reader": "阅读全文",

  "reason.no_hit": "没有找到相关文件", "reason.no_hit.hint": "请换一种说法，或先添加有关文件。",
  "reason.below_threshold": "依据不足", "reason.below_threshold.hint": "找到的内容与问题不够贴近，不足以据以回答。",
  "reason.not_in_force": "相关文件已不再有效", "reason.not_in_force.hint": "如需了解当时的规定，请在“筛选”里选择日期。",
  "reason.quote_unverified": "引文未通过核对", "reason.quote_unverified.hint": "拟好的回答与原文不符，已不予显示。",
  "reason.out_of_scope": "超出本库范围", "reason.out_of_scope.hint": "本库只回答政策文件里写明的内容。",
  "reason.conflict": "文件之间规定不一致", "reason.conflict.hint": "请核对下列文件，以有权机关的解释为准。",
  "refusal.nearest": "最接近的文件", "refusal.within": "提问时设有筛选条件或日期，依据可能在条件之外。", "refusal.widen": "清除条件，重新提问",

  "feedback.good": "有用", "feedback.bad": "有误", "feedback.what": "问题是", "feedback.note": "说明", "feedback.placeholder": "哪里不对？正确的依据是什么？（选填）", "feedback.send": "提交", "feedback.thanks": "已记录，谢谢。",
  "verdict.none": "尚未评判", "verdict.correct": "正确", "verdict.wrong": "有错误", "verdict.incomplete": "不完整",

  "facet.title": "筛选", "facet.open": "筛选", "facet.chosen": "已选条件", "facet.remove": "去掉条件：{name}", "facet.clear": "清除条件", "facet.any": "不限", "facet.more": "再列 {n} 项", "facet.less": "收起",
  "facet.kind": "类别", "facet.issuer": "发文机关", "facet.region": "地区", "facet.status": "时效", "facet.year": "发文年份", "facet.from": "从", "facet.to": "到", "facet.yearCount": "{year}（{n}）", "facet.years": "{from}—{to} 年",
  "facet.asOf": "以哪一天的规定为准", "facet.asOfHint": "留空即为今天", "facet.asOfTag": "以 {date} 为准",

  "upload.button": "添加文件", "upload.title": "添加文件", "upload.drop": "把文件拖到这里，或点按选择", "upload.types": "支持 PDF、OFD、DOCX、DOC、WPS、XLSX、CSV、HTML、Markdown、TXT、ZIP、JSONL", "upload.open": "打开", "upload.nothing": "服务没有报告结果，请在文件列表里核对。",
  "upload.added": "已添加", "upload.updated": "已更新", "upload.unchanged": "无变化", "upload.failed": "未添加",

  "key.title": "需要访问密钥", "key.help": "请输入管理员发给您的密钥。密钥只在本次会话中使用，关闭浏览器后即清除。", "key.refused": "这个密钥未被接受，请核对后再输入。", "key.label": "访问密钥", "key.use": "使用",

  "error.title": "出错了", "error.http": "服务返回错误（{status}）", "error.network": "连接不上服务", "error.networkDetail": "请检查网络，或确认服务正在运行后重试。", "error.busy": "服务繁忙，请在 {seconds} 秒后重试。", "error.notReady": "服务正在载入，请稍后重试。", "error.cut": "回答没有传完", "error.cutDetail": "连接中途断开，请重试。",

  "page.n": "第 {n} 页", "page.of": "第 {n} 页，共 {count} 页", "page.previous": "上一页", "page.next": "下一页", "page.enlarge": "放大",

  "reader.home": "返回首页", "reader.missing": "没有这份文件", "reader.missingDetail": "它可能已被移除，或链接有误；请回首页检索标题或文号。", "reader.proofIn": "出处：《{title}》", "reader.outline": "目录", "reader.noOutline": "本文没有分出章节。", "reader.about": "文件信息", "reader.metadata": "文件信息", "reader.relations": "相关文件", "reader.revisions": "版本",
  "reader.noRevision": "《{title}》没有第 {n} 版", "reader.noRevisionDetail": "这份文件最新为第 {now} 版；链接里的版本号有误。",
  "reader.older": "这是第 {n} 版，最新为第 {now} 版。", "reader.newest": "看最新版", "reader.withdrawn": "这份文件已于 {when} 移出本库，不再用于检索和作答。以下是它的第 {n} 版，即当时引用的原文，只供核查。", "reader.statusReason": "时效依据：", "reader.original": "下载原件", "reader.copyLink": "复制链接",
  "reader.proof": "出处", "reader.proofOf": "在正文中查看“{name}”的出处", "reader.revision": "第 {n} 版", "reader.oneRevision": "只有一个版本。", "reader.views": "显示方式", "reader.viewText": "文字", "reader.viewPages": "原件页面",
  "field.title": "标题", "field.number": "文号", "field.issuer": "发文机关", "field.issued": "成文日期", "field.effective": "施行日期", "field.expires": "失效日期", "field.status": "时效", "field.kind": "类别", "field.region": "地区", "field.visibility": "公开范围",
  "field.recipients": "主送机关", "field.issuers": "联合发文机关", "field.attachments": "附件", "field.secrecy": "密级", "field.source": "来源文件", "field.sha256": "文本校验值（SHA-256）",
  "relation.supersedes": "取代", "relation.amends": "修改", "relation.repeals": "废止", "relation.extends": "延长有效期", "relation.implements": "落实", "relation.interprets": "解读",
  "relation_in.supersedes": "被取代于", "relation_in.amends": "被修改于", "relation_in.repeals": "被废止于", "relation_in.extends": "有效期延长于", "relation_in.implements": "落实文件", "relation_in.interprets": "解读文件",
  "diff.from": "从", "diff.to": "到", "diff.compare": "比较", "diff.title": "第 {from} 版与第 {to} 版的差异", "diff.same": "没有差异。", "diff.gap": "……略去相同的 {n} 行……",

  "audit.title": "审计台", "audit.tabs": "看什么", "audit.tabAnswers": "答案", "audit.tabDashboard": "看板", "audit.detail": "答案详情",
  "audit.q": "问题含有", "audit.from": "起始日期", "audit.to": "截止日期", "audit.caller": "提问者", "audit.status": "复核结论", "audit.basis": "作答情况", "audit.verdict": "人工评判", "audit.doc_id": "依据的文件", "audit.filter": "查找",
  "audit.rests": "以下答案以“{title}”为依据。", "audit.empty": "没有符合条件的答案。", "audit.total": "共 {n} 条答案", "audit.choose": "从列表里选一条答案，在这里对照原文核查。", "audit.masked": "（问题已按规定隐去）", "audit.altered": "这条记录与账本的封存值不符，内容可能被改动。",
  "audit.verify": "重新核对引文", "audit.verifyAll": "核对全部答案与账本", "audit.verifying": "正在核对…", "audit.replay": "用现在的文件重答", "audit.openAnswer": "打开答案页", "audit.citations": "引文", "audit.noCitations": "这条答案没有引文。", "audit.alsoRests": "还有哪些答案以此文件为依据？",
  "audit.replayed": "当时的索引为第 {then} 代，现在为第 {now} 代。", "audit.textThen": "回答的变化", "audit.restsThen": "依据的变化", "audit.recorded": "已记入账本。", "audit.provenance": "账本记录的全部字段", "audit.generation": "索引第 {n} 代",
  "basis.grounded": "有依据", "basis.none": "未作答", "standing.stands": "仍然成立", "standing.review": "需要复核", "standing.fallen": "不再成立",
  "state.valid": "相符", "state.moved": "位置有变", "state.changed": "文字有变", "state.tampered": "存档被改动", "state.withdrawn": "文件已撤下", "state.superseded": "已被取代", "state.repealed": "已被废止",
  "sha.same": "校验相符", "sha.different": "校验不符",
  "chain.ok": "账本完整：{n} 条答案首尾相接，没有改动。", "chain.broken": "账本有 {n} 处不相接，请查明下列记录：",
  "stats.answers": "回答总数", "stats.refusals": "未作答比例", "stats.repealed": "依据含失效文件的比例", "stats.disputes": "待处理的异议", "stats.cited": "引用最多的文件（点按查看以其为依据的答案）",
  "chart.days": "每日回答数", "chart.day": "{day}：回答 {answers} 条，其中未作答 {refused} 条", "chart.grounded": "有依据", "chart.refused": "未作答", "chart.table": "以表格查看", "chart.date": "日期", "chart.answers": "回答",

};

const en = {
  "brand": "Policy library", "unknown": "unknown", "close": "Close", "cancel": "Cancel", "retry": "Try again", "loading": "Loading…",
  "skip": "Skip to the question box", "skip.text": "Skip to the text", "skip.answers": "Skip to the answers",
  "nav.label": "Main", "nav.ask": "Ask", "nav.audit": "Audit desk", "nav.docs": "Interface", "nav.demo": "Embedding", "language.other": "中文", "language.short": "中",
  "theme.auto": "Appearance: as the system (press to change)", "theme.light": "Appearance: light (press to change)", "theme.dark": "Appearance: dark (press to change)",

  "status.in_force": "In force", "status.amended": "Amended", "status.partly_repealed": "Partly repealed", "status.repealed": "Repealed",
  "status.expired": "Expired", "status.not_yet": "Not yet in force", "status.unknown": "Validity unknown",
  "kind.standard": "Standard", "kind.action": "Action", "kind.case": "Case", "kind.policy": "Policy", "kind.mixed": "Mixed",
  "visibility.public": "Public", "visibility.internal": "Internal", "visibility.restricted": "Restricted",
  "ranker.lexical": "words no.", "ranker.dense": "meaning no.", "ranker.number": "document number no.", "ranker.rerank": "reranked no.",

  "tab.label": "Purpose", "tab.ask": "Ask", "tab.search": "Search",
  "ask.label": "Your question or search words", "ask.placeholder": "Ask a question, for example: who may apply?", "ask.send": "Ask", "ask.stop": "Stop", "ask.tooLong": "{n} characters, of at most {most}; please shorten by {over}.",
  "search.placeholder": "Words or a document number", "search.send": "Search", "search.mode": "How to search",
  "mode.hybrid": "Combined", "mode.lexical": "By words", "mode.dense": "By meaning",
  "search.title": "Search the policy texts", "search.lead": "Finds passages of the original texts; a document number finds its document. Filter by kind, issuer, region, year and validity.",
  "search.found": "The {n} nearest passages, in {ms} ms", "search.none": "No passage matches.", "search.more": "Show more", "search.noneHint": "Try other words, fewer words, or fewer filters.",

  "welcome.title": "Ask the policies. Every sentence has its source.", "welcome.lead": "Each sentence of an answer cites the original words: press a number to check. Where the documents say nothing, the answer says so.", "welcome.try": "For example", "welcome.empty": "There are no documents yet", "welcome.emptyLead": "Add policy documents first; then you can ask and search.",
  "conversation.title": "Conversations", "conversation.new": "New conversation", "conversation.none": "No conversations yet. They are kept in this browser only.", "conversation.delete": "Delete conversation: {title}", "conversation.deleted": "Conversation deleted.", "conversation.undo": "Undo", "conversation.undoOf": "Undo deleting: {title}",
  "side.label": "Conversations and filters",

  "answer.streaming": "The answer as it is written", "answer.looking": "Looking for evidence…", "answer.found": "{n} passages found, checking quotes…", "answer.stopped": "Stopped.", "answer.askAgain": "Ask again", "answer.ready": "Answer complete with {n} citations.",
  "answer.rewritten": "Understood as: ", "answer.sources": "Sources ({n})", "answer.quoting": "quoted from the text", "answer.took": "{ms} ms",
  "answer.copy": "Copy with footnotes", "answer.copied": "Copied", "answer.notCopied": "Could not copy; please select the text.", "answer.export": "Export as {format}", "answer.saved": "Exported", "answer.link": "Copy link",
  "copy.question": "Q: ", "copy.note": "Note: ",
  "within.as_of": "By the rules as they stood on {date}", "within.filters": "Filters: {limits}", "within.kind": "kind {value}", "within.issuer": "issuer {value}", "within.region": "region {value}", "within.status": "validity {value}", "within.number": "number {value}", "within.issued_from": "issued from {value}", "within.issued_to": "issued until {value}", "within.doc_id": "{n} chosen documents",
  "citation.label": "Citation", "citation.chip": "Citation {n}: {title}", "citation.open": "Open the source",
  "source.label": "Source", "source.reader": "Full text",

  "reason.no_hit": "Nothing found", "reason.no_hit.hint": "Try other words, or add the document first.",
  "reason.below_threshold": "Not enough evidence", "reason.below_threshold.hint": "What was found is not close enough to answer from.",
  "reason.not_in_force": "No longer in force", "reason.not_in_force.hint": "To know the rules of that time, choose a date under Filters.",
  "reason.quote_unverified": "Quote not verified", "reason.quote_unverified.hint": "The drafted answer did not match the text and is not shown.",
  "reason.out_of_scope": "Out of scope", "reason.out_of_scope.hint": "This library answers only what policy documents say.",
  "reason.conflict": "Documents disagree", "reason.conflict.hint": "Please compare the documents below; the competent authority decides.",
  "refusal.nearest": "Nearest documents", "refusal.within": "Filters or a date were set; the evidence may lie outside them.", "refusal.widen": "Clear filters and ask again",

  "feedback.good": "Useful", "feedback.bad": "Wrong", "feedback.what": "The problem", "feedback.note": "Note", "feedback.placeholder": "What is wrong? What would be the right source? (optional)", "feedback.send": "Send", "feedback.thanks": "Recorded, thank you.",
  "verdict.none": "Not yet judged", "verdict.correct": "Correct", "verdict.wrong": "Wrong", "verdict.incomplete": "Incomplete",

  "facet.title": "Filters", "facet.open": "Filters", "facet.chosen": "Chosen filters", "facet.remove": "Remove filter: {name}", "facet.clear": "Clear filters", "facet.any": "Any", "facet.more": "{n} more", "facet.less": "Fewer",
  "facet.kind": "Kind", "facet.issuer": "Issuer", "facet.region": "Region", "facet.status": "Validity", "facet.year": "Year issued", "facet.from": "From", "facet.to": "To", "facet.yearCount": "{year} ({n})", "facet.years": "{from}–{to}",
  "facet.asOf": "As the rules stood on", "facet.asOfHint": "Empty means today", "facet.asOfTag": "As of {date}",

  "upload.button": "Add documents", "upload.title": "Add documents", "upload.drop": "Drop files here, or press to choose", "upload.types": "PDF, OFD, DOCX, DOC, WPS, XLSX, CSV, HTML, Markdown, TXT, ZIP, JSONL", "upload.open": "Open", "upload.nothing": "The service reported no result; please check the list of documents.",
  "upload.added": "Added", "upload.updated": "Updated", "upload.unchanged": "Unchanged", "upload.failed": "Not added",

  "key.title": "An access key is needed", "key.help": "Enter the key your administrator gave you. It is kept for this session only.", "key.refused": "This key was not accepted; please check it.", "key.label": "Access key", "key.use": "Use",

  "error.title": "Something went wrong", "error.http": "The service answered with an error ({status})", "error.network": "The service cannot be reached", "error.networkDetail": "Check the network, or that the service is running, and try again.", "error.busy": "The service is busy; try again in {seconds} seconds.", "error.notReady": "The service is loading; try again shortly.", "error.cut": "The answer was cut off", "error.cutDetail": "The connection broke; please try again.",

  "page.n": "Page {n}", "page.of": "Page {n} of {count}", "page.previous": "Previous page", "page.next": "Next page", "page.enlarge": "Enlarge",

  "reader.home": "Back to the first page", "reader.missing": "There is no such document", "reader.missingDetail": "It may have been removed, or the link may be wrong; search for its title or number on the first page.", "reader.proofIn": "where: {title}", "reader.outline": "Contents", "reader.noOutline": "This text has no chapters.", "reader.about": "About this document", "reader.metadata": "About this document", "reader.relations": "Related documents", "reader.revisions": "Revisions",
  "reader.noRevision": "“{title}” has no revision {n}", "reader.noRevisionDetail": "The newest revision of this document is {now}; the number in the link is wrong.",
  "reader.older": "This is revision {n}; the newest is {now}.", "reader.newest": "See the newest", "reader.withdrawn": "This document was removed from the library on {when} and is no longer searched or cited. Below is its revision {n}, the text as it was cited, for checking only.", "reader.statusReason": "Why: ", "reader.original": "Download the original", "reader.copyLink": "Copy link",
  "reader.proof": "where", "reader.proofOf": "Show in the text where “{name}” comes from", "reader.revision": "Revision {n}", "reader.oneRevision": "There is one revision.", "reader.views": "View", "reader.viewText": "Text", "reader.viewPages": "Original pages",
  "field.title": "Title", "field.number": "Number", "field.issuer": "Issuer", "field.issued": "Issued", "field.effective": "In force from", "field.expires": "Expires", "field.status": "Validity", "field.kind": "Kind", "field.region": "Region", "field.visibility": "Visibility",
  "field.recipients": "Addressed to", "field.issuers": "Issued jointly by", "field.attachments": "Attachments", "field.secrecy": "Classification", "field.source": "Source file", "field.sha256": "Checksum of the text (SHA-256)",
  "relation.supersedes": "Supersedes", "relation.amends": "Amends", "relation.repeals": "Repeals", "relation.extends": "Extends", "relation.implements": "Implements", "relation.interprets": "Interprets",
  "relation_in.supersedes": "Superseded by", "relation_in.amends": "Amended by", "relation_in.repeals": "Repealed by", "relation_in.extends": "Extended by", "relation_in.implements": "Implemented by", "relation_in.interprets": "Interpreted by",
  "diff.from": "From", "diff.to": "To", "diff.compare": "Compare", "diff.title": "Differences between revisions {from} and {to}", "diff.same": "No difference.", "diff.gap": "… {n} equal lines left out …",

  "audit.title": "Audit desk", "audit.tabs": "View", "audit.tabAnswers": "Answers", "audit.tabDashboard": "Dashboard", "audit.detail": "One answer",
  "audit.q": "Question contains", "audit.from": "From", "audit.to": "To", "audit.caller": "Asked by", "audit.status": "Standing", "audit.basis": "Answered", "audit.verdict": "Verdict", "audit.doc_id": "Resting on", "audit.filter": "Find",
  "audit.rests": "These answers rest on “{title}”.", "audit.empty": "No answer matches.", "audit.total": "{n} answers", "audit.choose": "Choose an answer to check it here against its sources.", "audit.masked": "(question masked)", "audit.altered": "This record does not match its seal in the ledger; it may have been altered.",
  "audit.verify": "Check the citations again", "audit.verifyAll": "Check all answers and the ledger", "audit.verifying": "Checking…", "audit.replay": "Answer again with today's documents", "audit.openAnswer": "Open the answer", "audit.citations": "Citations", "audit.noCitations": "This answer has no citations.", "audit.alsoRests": "Which other answers rest on this document?",
  "audit.replayed": "Index generation then: {then}; now: {now}.", "audit.textThen": "What changed in the answer", "audit.restsThen": "What changed in its sources", "audit.recorded": "Recorded in the ledger.", "audit.provenance": "Everything the ledger keeps", "audit.generation": "index generation {n}",
  "basis.grounded": "Grounded", "basis.none": "Not answered", "standing.stands": "Still stands", "standing.review": "Needs review", "standing.fallen": "No longer stands",
  "state.valid": "Matches", "state.moved": "Moved", "state.changed": "Changed", "state.tampered": "Archive tampered with", "state.withdrawn": "Withdrawn", "state.superseded": "Superseded", "state.repealed": "Repealed",
  "sha.same": "Checksum matches", "sha.different": "Checksum differs",
  "chain.ok": "The ledger is whole: {n} answers, nothing changed.", "chain.broken": "The ledger is broken in {n} places; please look into these records:",
  "stats.answers": "Answers", "stats.refusals": "Not answered", "stats.repealed": "Resting on texts no longer in force", "stats.disputes": "Open disputes", "stats.cited": "Most cited documents (press for the answers resting on one)",
  "chart.days": "Answers a day", "chart.day": "{day}: {answers} answers, {refused} not answered", "chart.grounded": "Grounded", "chart.refused": "Not answered", "chart.table": "As a table", "chart.date": "Date", "chart.answers": "Answers",

};

export const texts = { zh, en };
